import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { accountName, type Job } from '../stores/load/job.ts'
import { openKeyv } from '../stores/load/naive.ts'
import { openDriver } from '../stores/load/open-driver.ts'
import { type LoadResult, quantile, runLoad } from '../stores/load/run-load.ts'
import { createOwnMariadb } from '../stores/own-mariadb.ts'
import { createOwnPostgres } from '../stores/own-postgres.ts'
import { createOwnRedis } from '../stores/own-redis.ts'

/**
 * Pairs of a hold and its settlement on every store, on one account and on a thousand, beside a balance that is read
 * and written through Keyv: `npm run bench:credits`, with `-- --seconds 2 --only redis` for a short one.
 */
const flag = (name: string, fallback: string) => {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? fallback : (process.argv[at + 1] ?? fallback)
}
const seconds = Number(flag('seconds', '4'))
const only = flag('only', '')
/** Calls at once, of all processes together. */
const width = 64
const many = 1000
const amount = 10n ** 12n

interface Place {
  readonly url: string
  remove(): Promise<void>
}

function createFile(): Place {
  const folder = mkdtempSync(join(tmpdir(), 'bench-credits-'))
  return {
    url: `sqlite:${join(folder, 'credits.db')}`,
    remove: async () => rmSync(folder, { recursive: true }),
  }
}

interface Contestant {
  readonly name: string
  readonly processes: number
  open(): Promise<Place>
}

const started = async <Server extends Place & { start(): Promise<void> }>(opening: Promise<Server>) => {
  const server = await opening
  await server.start()
  return server
}

const contestants: readonly Contestant[] = [
  { name: 'sqlite', processes: 1, open: async () => createFile() },
  {
    name: 'redis, every second',
    processes: 4,
    open: () => started(createOwnRedis(['--appendonly', 'yes', '--appendfsync', 'everysec'])),
  },
  { name: 'redis, always', processes: 4, open: () => started(createOwnRedis()) },
  { name: 'postgres', processes: 4, open: () => started(createOwnPostgres()) },
  { name: 'mariadb', processes: 4, open: () => started(createOwnMariadb()) },
]

async function fill(job: Job): Promise<void> {
  const names = Array.from({ length: job.accounts }, (_, index) => accountName(index))
  if (job.manner === 'naive') {
    const keyv = openKeyv(job.store)
    for (const name of names) await keyv.set(name, { balance: String(amount), spent: '0' })
    return keyv.disconnect()
  }
  const driver = await openDriver(job.store)
  await Promise.all(names.map((account) => driver.credit({ account, ref: 'grant', amount, kind: 'topup' })))
  await driver.close()
}

/** What the store says was spent, and whether its books are in order. */
async function recorded(job: Job): Promise<{ spent: bigint; isClean: boolean }> {
  const names = Array.from({ length: job.accounts }, (_, index) => accountName(index))
  let [spent, isClean] = [0n, true]
  if (job.manner === 'naive') {
    const keyv = openKeyv(job.store)
    for (const name of names) spent += BigInt((await keyv.get(name))?.spent ?? 0)
    await keyv.disconnect()
    return { spent, isClean }
  }
  const driver = await openDriver(job.store)
  for (const name of names) {
    spent += (await driver.balance(name)).spent
    isClean &&= (await driver.audit(name)).ok
  }
  await driver.close()
  return { spent, isClean }
}

function report(
  title: string,
  result: LoadResult,
  { spent, isClean }: { spent: bigint; isClean: boolean },
): void {
  const times = (sorted: readonly number[]) =>
    [0.5, 0.99].map((share) => quantile(sorted, share).toFixed(2)).join('/')
  const lost = Number(((result.confirmed - spent) * 10_000n) / (result.confirmed || 1n)) / 100
  const columns = [
    title.padEnd(44),
    `${Math.round(result.pairs / result.seconds)} pairs/s`.padStart(15),
    `hold ${times(result.holds)} ms`.padStart(22),
    `settle ${times(result.settlements)} ms`.padStart(24),
    `lost ${lost} %`,
    isClean ? '' : 'AUDIT BROKEN',
  ]
  console.log(columns.join('  '))
}

for (const { name, processes, open } of contestants.filter((contestant) => contestant.name.includes(only))) {
  for (const manner of ['exact', 'naive'] as const) {
    for (const accounts of [1, many]) {
      const place = await open()
      try {
        const job: Job = { store: place.url, manner, accounts, width: width / processes, seconds }
        await fill(job)
        const result = await runLoad(job, processes)
        const title = `${name}, ${manner}, ${processes} × ${width / processes}, ${accounts} accounts`
        report(title, result, await recorded(job))
      } finally {
        await place.remove()
      }
    }
  }
}
process.exit(0)
