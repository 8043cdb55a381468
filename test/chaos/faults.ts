import { setTimeout as sleep } from 'node:timers/promises'
import type { OwnServer } from '../stores/own-server.ts'
import type { DroppingProxy } from './dropping-proxy.ts'
import type { SmallDisk } from './small-disk.ts'
import type { Spenders } from './spenders.ts'

/** What a fault can be done to. */
export interface Scene {
  readonly spenders: Spenders
  /** Undefined for a store that is a file. */
  readonly server?: OwnServer
  readonly proxy?: DroppingProxy
  readonly disk?: SmallDisk
}

export type FaultName = 'client killed' | 'store killed' | 'answers lost' | 'store paused' | 'disk full'

/** Each does its damage, and undoes it; what it needs of the scene must be there. */
export const faults: Readonly<Record<FaultName, (scene: Scene) => Promise<void>>> = {
  'client killed': ({ spenders }) => spenders.killOne(),
  'store killed': async ({ server }) => {
    await server?.kill()
    await sleep(100 + Math.random() * 300)
    await server?.start()
  },
  'answers lost': async ({ proxy }) => {
    proxy?.dropAnswers(true)
    await sleep(500)
    proxy?.dropAnswers(false)
  },
  'store paused': async ({ server }) => {
    server?.pause()
    // Longer than anything that waits for an answer.
    await sleep(2500)
    server?.resume()
  },
  'disk full': async ({ disk }) => {
    disk?.fill()
    await sleep(600)
    disk?.free()
  },
}
