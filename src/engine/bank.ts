import type { Clock } from '../clock.ts';
import type { Milliseconds } from '../model/units.ts';
import type { MeasuringCommand, MoneyReport } from './messages.ts';

export interface BankInput {
  readonly capUsd: number;
  readonly shardCount: number;
  readonly clock: Clock;
  readonly send: (shardIndex: number, command: MeasuringCommand) => void;
}

/** While a shard waits for money, the others are asked for idle money this often: what they set aside comes free with their answers. */
const RECALL_EVERY_MS: Milliseconds = 100;

/** A shard that lacks money gets so many times what it lacks, where there is so much: each asking takes a moment. */
const GENEROSITY = 8;

/**
 * The money of a run with several shards. Each was granted some; what was granted and not given back never passes the cap in sum, whatever
 * message comes late. Who lacks money gets what the others have idle.
 */
export class Bank {
  readonly #input: BankInput;
  /** By shard. */
  readonly #grantedUsd: number[];
  readonly #reports: MoneyReport[];
  readonly #lacking = new Set<number>();
  #isRecalling = false;
  #cancelRecall = (): void => undefined;

  constructor(input: BankInput) {
    const { shardCount } = input;
    this.#input = input;
    this.#grantedUsd = new Array<number>(shardCount).fill(0);
    this.#reports = new Array<MoneyReport>(shardCount).fill({
      returnedUsd: 0,
      spentUsd: 0,
      neededUsd: 0,
      lackingUsd: 0,
    });
  }

  /** Gives every shard an equal part. */
  open(): void {
    const { capUsd, shardCount } = this.#input;
    for (let shardIndex = 0; shardIndex < shardCount; shardIndex++) {
      this.#grant(shardIndex, capUsd / shardCount, shardCount === 1);
    }
  }

  close(): void {
    this.#cancelRecall();
    this.#lacking.clear();
  }

  take(shardIndex: number, money: MoneyReport): void {
    this.#reports[shardIndex] = money;
    if (money.lackingUsd > 0) this.#lacking.add(shardIndex);
    else this.#lacking.delete(shardIndex);
    for (const each of [...this.#lacking]) this.#serve(each);
    if (this.#lacking.size > 0 && !this.#isRecalling) this.#recallSoon();
  }

  #serve(shardIndex: number): void {
    const { capUsd } = this.#input;
    const { lackingUsd, neededUsd } = this.#reports[shardIndex] as MoneyReport;
    const freeUsd = capUsd - sum(this.#grantedUsd) + sum(this.#reports.map(({ returnedUsd }) => returnedUsd));
    const spentUsd = sum(this.#reports.map((report) => report.spentUsd));
    if (freeUsd >= lackingUsd) this.#grant(shardIndex, Math.min(freeUsd, lackingUsd * GENEROSITY), false);
    // Even if all that is set aside came back: what is spent never becomes less.
    else if (spentUsd + neededUsd > capUsd) {
      this.#lacking.delete(shardIndex);
      this.#input.send(shardIndex, { type: 'refusal', usd: neededUsd });
    }
  }

  #recallSoon(): void {
    const { clock, send, shardCount } = this.#input;
    this.#isRecalling = true;
    this.#cancelRecall = clock.after(RECALL_EVERY_MS, () => {
      this.#isRecalling = false;
      if (this.#lacking.size === 0) return;
      for (let shardIndex = 0; shardIndex < shardCount; shardIndex++) send(shardIndex, { type: 'recall' });
    });
  }

  #grant(shardIndex: number, usd: number, isLast: boolean): void {
    this.#lacking.delete(shardIndex);
    this.#grantedUsd[shardIndex] = (this.#grantedUsd[shardIndex] ?? 0) + usd;
    this.#input.send(shardIndex, { type: 'grant', usd, isLast });
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
