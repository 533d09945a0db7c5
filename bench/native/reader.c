// The reference: the least that a reader of streams can do. One thread, epoll; opens all connections at once, sends
// one request on each, and stamps every token-bearing event on CLOCK_MONOTONIC right after its read.
// usage: reader PORT STREAMS FILE [--again SECONDS]
// Writes doubles in milliseconds, per stream: number in the endpoint's truth, started, count, stamps…. Prints JSON: events, seconds, CPU.
// --again: streams that end are asked for again until so many seconds have passed; nothing but a count is kept (firehose).
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

typedef struct {
  int fd;
  double number, started;
  double *stamps;
  uint32_t count, capacity;
  char tail[8];
  int is_over, is_sent;
} Stream;

static const char BODY[] = "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"Say hello.\"}],\"stream\":true,\"stream_options\":{\"include_usage\":true}}";
static char request[1024];
static size_t request_length;
static char buffer[65536 + 1];

static double now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void stamp(Stream *s, double at_ms) {
  if (s->count == s->capacity) s->stamps = realloc(s->stamps, sizeof(double) * (s->capacity = s->capacity * 2 + 256));
  s->stamps[s->count++] = at_ms;
}

int main(int argc, char **argv) {
  if (argc < 4) return 2;
  int port = atoi(argv[1]), streams = atoi(argv[2]);
  double again_ms = argc > 5 ? atof(argv[5]) * 1e3 : 0;
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  request_length = (size_t)sprintf(request, "POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: %zu\r\n\r\n%s", strlen(BODY), BODY);
  Stream *all = calloc((size_t)streams, sizeof(Stream));
  int epoll_fd = epoll_create1(0), left = streams;
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  for (int i = 0; i < streams; i++) {
    Stream *s = &all[i];
    s->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    int one = 1;
    setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(s->fd, (struct sockaddr *)&address, sizeof address) && errno != EINPROGRESS) return 3;
    struct epoll_event event = {EPOLLIN | EPOLLOUT, {.u32 = (uint32_t)i}};
    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, s->fd, &event);
  }
  static struct epoll_event events[1024];
  double begin = now_ms(), cpu_from = 0, cpu_to = 0, steady_from = 0, steady_to = 0;
  uint64_t total = 0;
  int started = 0;
  struct rusage usage;
  while (left > 0) {
    int n = epoll_wait(epoll_fd, events, 1024, 20000);
    if (n == 0) return 4;
    for (int i = 0; i < n; i++) {
      Stream *s = &all[events[i].data.u32];
      if (!s->is_sent && events[i].events & EPOLLOUT) {
        s->started = now_ms();
        if (write(s->fd, request, request_length) != (ssize_t)request_length) return 5;
        s->is_sent = 1;
        struct epoll_event event = {EPOLLIN, {.u32 = events[i].data.u32}};
        epoll_ctl(epoll_fd, EPOLL_CTL_MOD, s->fd, &event);
      }
      if (!(events[i].events & EPOLLIN)) continue;
      ssize_t length = read(s->fd, buffer, sizeof buffer - 1);
      double at_ms = now_ms();
      if (length <= 0) return 6;
      buffer[length] = 0;
      if (again_ms > 0) {
        // Frames end with two line feeds; one cut there is counted with the next read.
        char *end = buffer + length;
        for (char *p = buffer; (p = memchr(p, '\n', (size_t)(end - p))) != NULL; p++)
          if (p + 1 < end ? p[1] == '\n' : 0) total++;
        if (memmem(buffer, (size_t)length, "0\r\n\r\n", 5) != NULL && memmem(buffer, (size_t)length, "[DONE]", 6) != NULL) {
          if (at_ms - begin > again_ms) s->is_over = 1, left--;
          else if (write(s->fd, request, request_length) < 0) return 7;
        }
        continue;
      }
      if (s->count == 0) {
        char *model = strstr(buffer, "\"model\":\"truth-");
        if (model != NULL) s->number = atof(model + 15);
      }
      for (char *p = buffer; (p = strstr(p, "\"content\":\"")) != NULL; p += 11) {
        if (s->count == 0 && ++started == streams) {
          getrusage(RUSAGE_SELF, &usage);
          cpu_from = usage.ru_utime.tv_sec * 1e3 + usage.ru_utime.tv_usec / 1e3 + usage.ru_stime.tv_sec * 1e3 + usage.ru_stime.tv_usec / 1e3;
          steady_from = at_ms;
        }
        stamp(s, at_ms);
        total++;
      }
      if (strstr(buffer, "[DONE]") != NULL) {
        if (left-- == streams) {
          getrusage(RUSAGE_SELF, &usage);
          cpu_to = usage.ru_utime.tv_sec * 1e3 + usage.ru_utime.tv_usec / 1e3 + usage.ru_stime.tv_sec * 1e3 + usage.ru_stime.tv_usec / 1e3;
          steady_to = at_ms;
        }
      }
    }
  }
  double seconds = (now_ms() - begin) / 1e3;
  getrusage(RUSAGE_SELF, &usage);
  double cpu = usage.ru_utime.tv_sec + usage.ru_utime.tv_usec / 1e6 + usage.ru_stime.tv_sec + usage.ru_stime.tv_usec / 1e6;
  double ratio = steady_to > steady_from && again_ms == 0 ? (cpu_to - cpu_from) / (steady_to - steady_from) : cpu / seconds;
  printf("{\"events\":%llu,\"seconds\":%.3f,\"cpuRatio\":%.4f}\n", (unsigned long long)total, seconds, ratio);
  FILE *file = fopen(argv[3], "wb");
  for (int i = 0; i < streams && again_ms == 0; i++) {
    double head[3] = {all[i].number, all[i].started, all[i].count};
    fwrite(head, sizeof(double), 3, file);
    fwrite(all[i].stamps, sizeof(double), all[i].count, file);
  }
  fclose(file);
  return 0;
}
