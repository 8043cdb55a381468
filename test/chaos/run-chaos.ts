import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { OwnServer } from '../stores/own-server.ts'
import { type OwnStore, ownStores } from '../stores/own-stores.ts'
import { createDroppingProxy } from './dropping-proxy.ts'
import { type FaultName, faults, type Scene } from './faults.ts'
import { chargeLeft, openLeftCalls } from './left-calls.ts'
import { type Reckoning, reckon, settleDown } from './reckoning.ts'
import { mountSmallDisk } from './small-disk.ts'
import type { SpenderEntry } from './spender-log.ts'
import { createSpenders } from './spenders.ts'
import { openSpending } from './spending.ts'

export type ChaosStore = OwnStore | 'sqlite'

export interface ChaosRun {
  readonly store: ChaosStore
  /** Done one after another, in turn, until the time is up and each was done. */
  readonly faults: readonly FaultName[]
  readonly seconds: number
  readonly processes: number
  /** Calls at once in each process. @default 8 */
  readonly width?: number
}

export interface ChaosReport extends ChaosRun, Reckoning {
  readonly injected: number
  readonly granted: bigint
}

const accounts = ['hot', 'account 1', 'account {2}', 'kölner "3"']
const grant = 1_000_000_000_000n
/** Longer than any fault, so that only those who died let their holds expire. */
const ttlMs = 6000

/** Lets processes spend while faults happen, waits until all has come to rest, and counts. */
export async function runChaos(run: ChaosRun): Promise<ChaosReport> {
  const folder = mkdtempSync(join(tmpdir(), 'chaos-'))
  mkdirSync(join(folder, 'spool'))
  const server = run.store === 'sqlite' ? undefined : await ownStores[run.store]()
  await server?.start()
  const disk = run.faults.includes('disk full') ? mountSmallDisk(join(folder, 'spool')) : undefined
  const proxy =
    server && run.faults.includes('answers lost') ? await createDroppingProxy(server.port) : undefined
  const direct = server?.url ?? `sqlite:${join(folder, 'credits.db')}`
  const store = server && proxy ? direct.replace(`:${server.port}`, `:${proxy.port}`) : direct
  const spenders = createSpenders({ store, folder, accounts, ttlMs, ...(run.width && { width: run.width }) })
  try {
    await grantAll(direct, join(folder, 'spool'))
    await spenders.start(run.processes)
    const scene: Scene = {
      spenders,
      ...(server && { server }),
      ...(proxy && { proxy }),
      ...(disk && { disk }),
    }
    const injected = await inject(run, scene)
    await sleep(500)
    await spenders.killAll()
    return {
      ...run,
      injected,
      granted: grant * BigInt(accounts.length),
      ...(await count(direct, folder, spenders.entries())),
    }
  } finally {
    await spenders.killAll()
    disk?.remove()
    await proxy?.close()
    await (server as OwnServer | undefined)?.remove()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function grantAll(store: string, spool: string): Promise<void> {
  const { driver, close } = await openSpending(store, spool)
  for (const account of accounts) await driver.credit({ account, ref: 'grant', amount: grant, kind: 'topup' })
  await close()
}

async function inject({ faults: names, seconds }: ChaosRun, scene: Scene): Promise<number> {
  let injected = 0
  // On a busy machine a fault takes its time; each comes at least once all the same.
  for (
    const until = Date.now() + seconds * 1000;
    Date.now() < until || injected < names.length;
    injected += 1
  ) {
    await sleep(200 + Math.random() * 400)
    const name = names[injected % names.length]
    if (name) await faults[name](scene)
  }
  return injected
}

/** The last process adopts what those that died have left in their spools, and charges the calls that they left. */
async function count(store: string, folder: string, entries: readonly SpenderEntry[]) {
  const { driver, close } = await openSpending(store, join(folder, 'spool'))
  const known = [...entries]
  const chargeAllLeft = async () => {
    for (const call of openLeftCalls(folder).list())
      await chargeLeft(driver, call, (entry) => known.push(entry))
  }
  try {
    await chargeAllLeft()
    await settleDown(driver, accounts, ttlMs)
    await chargeAllLeft()
    return await reckon(driver, accounts, known)
  } finally {
    await close()
  }
}
