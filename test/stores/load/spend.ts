import { accountName, type Job, type Outcome } from './job.ts'

/** One way of reserving and charging. */
export interface Spend {
  /** The id of what was reserved; `later` when others hold what is there, `empty` when nothing is left. */
  hold(account: string, amount: bigint): Promise<string | 'later' | 'empty'>
  /** Resolves to what was charged. */
  settle(id: string, cost: bigint): Promise<bigint>
}

const sampleSize = 20_000
const below = (limit: number) => Math.floor(Math.random() * limit)

/** Spends until the time is up, or until nobody has anything left. */
export async function spendAll({ hold, settle }: Spend, job: Job): Promise<Outcome> {
  const { accounts, width, seconds } = job
  const [holds, settlements]: [number[], number[]] = [[], []]
  const empty = new Set<string>()
  let pairs = 0
  let confirmed = 0n
  const timed = async <Result>(times: number[], step: () => Promise<Result>): Promise<Result> => {
    const start = performance.now()
    const result = await step()
    if (times.length < sampleSize) times.push(performance.now() - start)
    else times[below(sampleSize)] = performance.now() - start
    return result
  }
  const until = Date.now() + seconds * 1000
  const spender = async () => {
    while (Date.now() < until && empty.size < accounts) {
      const account = accountName(below(accounts))
      const amount = 500 + below(1000)
      const id = await timed(holds, () => hold(account, BigInt(amount)))
      if (id === 'empty') empty.add(account)
      if (id === 'empty' || id === 'later') continue
      const charged = await timed(settlements, () => settle(id, BigInt(below(amount))))
      confirmed += charged
      pairs += 1
    }
  }
  await Promise.all(Array.from({ length: width }, spender))
  return { pairs, confirmed: String(confirmed), holds, settlements }
}
