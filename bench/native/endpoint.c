// A bare endpoint for benches: one thread, epoll, HTTP/1.1, answers of OpenAI's chat shape. Writes down the truth of every request:
// when its last byte was read, and the instant before each write that carried a token, on CLOCK_MONOTONIC.
// usage: endpoint --tokens N --gap-us N --ttft-us MIN MAX --truth FILE [--firehose] [--seed N]
// Prints its port. Truth goes to FILE at SIGTERM: doubles in milliseconds, per request: number, received, count, writes….
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MAX_CONNECTIONS 65536
#define IN_BYTES 65536
#define OUT_BYTES 131072

typedef struct {
  double received;
  double *writes;
  uint32_t count, capacity;
} Truth;

typedef struct {
  int fd, is_open, is_streaming, is_blocked;
  uint32_t generation;
  char *in;
  size_t in_length;
  char *out;
  size_t out_length, out_sent;
  int next_token;
  uint64_t due_ns;
  uint32_t number;
  char head[256];
  size_t head_length;
} Connection;

typedef struct {
  uint64_t due_ns;
  int slot;
  uint32_t generation;
} Task;

static Connection connections[MAX_CONNECTIONS];
static Truth *truths;
static uint32_t truth_count, truth_capacity;
static Task *heap;
static int heap_size, heap_capacity;
static int tokens = 150, is_firehose, epoll_fd;
static uint64_t gap_ns = 20000000, ttft_min_ns = 80000000, ttft_max_ns = 120000000, chance = 88172645463325252ULL;
static const char *truth_file;
static volatile sig_atomic_t is_over;

static const char *WORDS[] = {" the", " quick", " brown", " fox", " jumps", " over", " a", " lazy", " dog", ".", " and", " then", " runs", " away", ",", " far"};
static const char TAIL[] = "\"},\"logprobs\":null,\"finish_reason\":null}]}\n\n";

static uint64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000ULL + (uint64_t)t.tv_nsec;
}

static uint64_t next_chance(void) {
  chance ^= chance << 13;
  chance ^= chance >> 7;
  chance ^= chance << 17;
  return chance;
}

static void push_task(uint64_t due_ns, int slot) {
  if (heap_size == heap_capacity) heap = realloc(heap, sizeof(Task) * (size_t)(heap_capacity = heap_capacity * 2 + 1024));
  int i = heap_size++;
  Task task = {due_ns, slot, connections[slot].generation};
  while (i > 0 && heap[(i - 1) / 2].due_ns > due_ns) {
    heap[i] = heap[(i - 1) / 2];
    i = (i - 1) / 2;
  }
  heap[i] = task;
}

static Task pop_task(void) {
  Task top = heap[0], last = heap[--heap_size];
  int i = 0;
  for (;;) {
    int child = 2 * i + 1;
    if (child >= heap_size) break;
    if (child + 1 < heap_size && heap[child + 1].due_ns < heap[child].due_ns) child++;
    if (heap[child].due_ns >= last.due_ns) break;
    heap[i] = heap[child];
    i = child;
  }
  heap[i] = last;
  return top;
}

static void stamp_write(uint32_t number, double at_ms) {
  Truth *truth = &truths[number];
  if (truth->count == truth->capacity) {
    truth->capacity = truth->capacity ? truth->capacity * 2 : (uint32_t)tokens;
    truth->writes = realloc(truth->writes, sizeof(double) * truth->capacity);
  }
  truth->writes[truth->count++] = at_ms;
}

static void close_connection(Connection *c) {
  close(c->fd);
  c->is_open = c->is_streaming = 0;
  c->generation++;
}

static void flush_out(Connection *c) {
  while (c->out_sent < c->out_length) {
    ssize_t n = write(c->fd, c->out + c->out_sent, c->out_length - c->out_sent);
    if (n < 0) {
      if (errno == EAGAIN) {
        if (!c->is_blocked) {
          struct epoll_event event = {EPOLLIN | EPOLLOUT, {.u32 = (uint32_t)(c - connections)}};
          epoll_ctl(epoll_fd, EPOLL_CTL_MOD, c->fd, &event);
          c->is_blocked = 1;
        }
        return;
      }
      close_connection(c);
      return;
    }
    c->out_sent += (size_t)n;
  }
  c->out_sent = c->out_length = 0;
  if (c->is_blocked) {
    struct epoll_event event = {EPOLLIN, {.u32 = (uint32_t)(c - connections)}};
    epoll_ctl(epoll_fd, EPOLL_CTL_MOD, c->fd, &event);
    c->is_blocked = 0;
  }
}

static void add_chunk(Connection *c, const char *data, size_t length) {
  c->out_length += (size_t)sprintf(c->out + c->out_length, "%zx\r\n", length);
  memcpy(c->out + c->out_length, data, length);
  c->out_length += length;
  memcpy(c->out + c->out_length, "\r\n", 2);
  c->out_length += 2;
}

static void add_token(Connection *c) {
  char frame[512];
  const char *word = WORDS[(c->number * 7 + (uint32_t)c->next_token) % 16];
  size_t word_length = strlen(word);
  memcpy(frame, c->head, c->head_length);
  memcpy(frame + c->head_length, word, word_length);
  memcpy(frame + c->head_length + word_length, TAIL, sizeof TAIL - 1);
  add_chunk(c, frame, c->head_length + word_length + sizeof TAIL - 1);
  c->next_token++;
}

static void add_end(Connection *c) {
  char frame[1024];
  int n = sprintf(frame,
    "data: {\"id\":\"chatcmpl-%u\",\"object\":\"chat.completion.chunk\",\"created\":1764000000,\"model\":\"truth-%u\",\"choices\":[{\"index\":0,\"delta\":{},\"logprobs\":null,\"finish_reason\":\"stop\"}]}\n\n"
    "data: {\"id\":\"chatcmpl-%u\",\"object\":\"chat.completion.chunk\",\"created\":1764000000,\"model\":\"truth-%u\",\"choices\":[],\"usage\":{\"prompt_tokens\":8,\"completion_tokens\":%d,\"total_tokens\":%d}}\n\n"
    "data: [DONE]\n\n", c->number, c->number, c->number, c->number, tokens, tokens + 8);
  add_chunk(c, frame, (size_t)n);
  memcpy(c->out + c->out_length, "0\r\n\r\n", 5);
  c->out_length += 5;
  c->is_streaming = 0;
}

static void pour(Connection *c) {
  while (c->is_open && c->is_streaming && c->out_length == 0) {
    while (c->next_token < tokens && c->out_length < OUT_BYTES - 4096) add_token(c);
    if (c->next_token == tokens && c->out_length < OUT_BYTES - 2048) add_end(c);
    flush_out(c);
  }
}

static void run_task(Task task) {
  Connection *c = &connections[task.slot];
  if (!c->is_open || c->generation != task.generation || !c->is_streaming) return;
  if (is_firehose) {
    pour(c);
    return;
  }
  add_token(c);
  if (!c->is_blocked) {
    stamp_write(c->number, (double)now_ns() / 1e6);
    flush_out(c);
  } else stamp_write(c->number, (double)now_ns() / 1e6);
  if (!c->is_open) return;
  if (c->next_token < tokens) {
    c->due_ns += gap_ns;
    push_task(c->due_ns, task.slot);
  } else {
    add_end(c);
    if (!c->is_blocked) flush_out(c);
  }
}

static void answer(Connection *c, int is_stream, uint64_t received_ns) {
  if (truth_count == truth_capacity) truths = realloc(truths, sizeof(Truth) * (truth_capacity = truth_capacity * 2 + 1024));
  c->number = truth_count++;
  truths[c->number] = (Truth){(double)received_ns / 1e6, NULL, 0, 0};
  if (!is_stream) {
    char body[512];
    int n = sprintf(body,
      "{\"id\":\"chatcmpl-%u\",\"object\":\"chat.completion\",\"created\":1764000000,\"model\":\"truth\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"Hello there.\"},\"logprobs\":null,\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":8,\"completion_tokens\":3,\"total_tokens\":11}}",
      c->number);
    c->out_length += (size_t)sprintf(c->out + c->out_length, "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s", n, body);
    if (!c->is_blocked) flush_out(c);
    return;
  }
  c->is_streaming = 1;
  c->next_token = 0;
  c->head_length = (size_t)sprintf(c->head,
    "data: {\"id\":\"chatcmpl-%u\",\"object\":\"chat.completion.chunk\",\"created\":1764000000,\"model\":\"truth-%u\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"",
    c->number, c->number);
  c->out_length += (size_t)sprintf(c->out + c->out_length, "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ntransfer-encoding: chunked\r\n\r\n");
  if (!c->is_blocked) flush_out(c);
  c->due_ns = received_ns + ttft_min_ns + (ttft_max_ns > ttft_min_ns ? next_chance() % (ttft_max_ns - ttft_min_ns) : 0);
  push_task(c->due_ns, (int)(c - connections));
}

static void read_requests(Connection *c) {
  ssize_t n = read(c->fd, c->in + c->in_length, IN_BYTES - c->in_length - 1);
  uint64_t received_ns = now_ns();
  if (n <= 0) {
    if (n == 0 || errno != EAGAIN) close_connection(c);
    return;
  }
  c->in_length += (size_t)n;
  c->in[c->in_length] = 0;
  for (;;) {
    char *end = strstr(c->in, "\r\n\r\n");
    if (end == NULL) return;
    char *field = strcasestr(c->in, "content-length:");
    size_t body = field != NULL && field < end ? strtoul(field + 15, NULL, 10) : 0;
    size_t whole = (size_t)(end + 4 - c->in) + body;
    if (c->in_length < whole) return;
    char kept = c->in[whole];
    c->in[whole] = 0;
    int is_stream = strstr(end, "\"stream\":true") != NULL || strstr(end, "\"stream\": true") != NULL;
    c->in[whole] = kept;
    answer(c, is_stream, received_ns);
    memmove(c->in, c->in + whole, c->in_length - whole + 1);
    c->in_length -= whole;
  }
}

static void accept_all(int listener) {
  for (;;) {
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
    if (fd < 0) return;
    if (fd >= MAX_CONNECTIONS) {
      close(fd);
      continue;
    }
    int one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    Connection *c = &connections[fd];
    if (c->in == NULL) {
      c->in = malloc(IN_BYTES);
      c->out = malloc(OUT_BYTES);
    }
    c->fd = fd;
    c->is_open = 1;
    c->is_streaming = c->is_blocked = 0;
    c->in_length = c->out_length = c->out_sent = 0;
    c->generation++;
    struct epoll_event event = {EPOLLIN, {.u32 = (uint32_t)fd}};
    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event);
  }
}

static void write_truth(void) {
  FILE *file = fopen(truth_file, "wb");
  for (uint32_t i = 0; i < truth_count; i++) {
    double head[3] = {i, truths[i].received, truths[i].count};
    fwrite(head, sizeof(double), 3, file);
    fwrite(truths[i].writes, sizeof(double), truths[i].count, file);
  }
  fclose(file);
}

static void on_signal(int signal_number) { is_over = signal_number; }

static void read_options(int argc, char **argv) {
  for (int i = 1; i < argc; i++) {
    if (!strcmp(argv[i], "--tokens")) tokens = atoi(argv[++i]);
    else if (!strcmp(argv[i], "--gap-us")) gap_ns = strtoull(argv[++i], NULL, 10) * 1000;
    else if (!strcmp(argv[i], "--truth")) truth_file = argv[++i];
    else if (!strcmp(argv[i], "--seed")) chance ^= strtoull(argv[++i], NULL, 10) * 2654435761ULL;
    else if (!strcmp(argv[i], "--firehose")) is_firehose = 1;
    else if (!strcmp(argv[i], "--ttft-us")) {
      ttft_min_ns = strtoull(argv[++i], NULL, 10) * 1000;
      ttft_max_ns = strtoull(argv[++i], NULL, 10) * 1000;
    }
  }
}

int main(int argc, char **argv) {
  read_options(argc, argv);
  signal(SIGPIPE, SIG_IGN);
  signal(SIGTERM, on_signal);
  signal(SIGINT, on_signal);
  prctl(PR_SET_TIMERSLACK, 1UL);
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  if (bind(listener, (struct sockaddr *)&address, length) || listen(listener, 4096)) return 1;
  getsockname(listener, (struct sockaddr *)&address, &length);
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  epoll_fd = epoll_create1(0);
  struct epoll_event event = {EPOLLIN, {.u32 = (uint32_t)listener}};
  epoll_ctl(epoll_fd, EPOLL_CTL_ADD, listener, &event);
  static struct epoll_event events[1024];
  while (!is_over) {
    struct timespec wait = {0, 50000000};
    if (heap_size > 0) {
      uint64_t now = now_ns(), due = heap[0].due_ns;
      uint64_t left = due > now ? due - now : 0;
      if (left < 50000000) wait.tv_nsec = (long)left;
    }
    int n = epoll_pwait2(epoll_fd, events, 1024, &wait, NULL);
    for (int i = 0; i < n; i++) {
      uint32_t fd = events[i].data.u32;
      if (fd == (uint32_t)listener) accept_all(listener);
      else {
        Connection *c = &connections[fd];
        if (c->is_open && events[i].events & EPOLLOUT) {
          flush_out(c);
          if (is_firehose) pour(c);
        }
        if (c->is_open && events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) read_requests(c);
      }
    }
    // A burst of what is due is bounded, so that requests that arrive meanwhile are stamped soon.
    uint64_t now = now_ns();
    for (int k = 0; k < 64 && heap_size > 0 && heap[0].due_ns <= now; k++) run_task(pop_task());
  }
  if (truth_file != NULL) write_truth();
  return 0;
}
