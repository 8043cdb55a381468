import { describe, expect, it } from 'vitest'
import { contestants } from '../contestants.ts'
import type { Slice } from '../measure/slice.ts'
import type { Measured } from '../measure/take-turns.ts'
import { figuresOf } from './figures.ts'

const slice: Slice = {
  round: 0,
  calls: 100,
  faults: {},
  pieces: 1,
  seconds: 1,
  firstByte: { p50: 1, p99: 2 },
  total: { p50: 1, p99: 2 },
  microsPerCall: 100,
  loadBusy: 0.5,
  peakMebibytes: 100,
  leftOpen: 0,
}

function measured(name: string, slices: readonly Partial<Slice>[]): Measured {
  const contestant = contestants.find((one) => one.name === name)
  if (!contestant) throw new Error(name)
  return { contestant, slices: slices.map((one, round) => ({ ...slice, round, ...one })), chargeFaults: [] }
}

describe('the figures of a server', () => {
  it('compares rounds with rounds, so that a slow moment of the machine cancels out', () => {
    const proxy = measured('proxy', [{ microsPerCall: 100 }, { microsPerCall: 1000 }, { microsPerCall: 100 }])
    const gateway = measured('node-memory', [
      { microsPerCall: 50 },
      { microsPerCall: 500 },
      { microsPerCall: 60 },
    ])
    expect(figuresOf(gateway, [proxy, gateway]).processorRatio).toEqual({
      median: 0.5,
      least: 0.5,
      most: 0.6,
    })
  })

  it('compares only rounds that both took part in', () => {
    const proxy = measured('proxy', [{ peakMebibytes: 100 }, { peakMebibytes: 10 }])
    const capped = measured('proxy-default', [{ peakMebibytes: 200 }])
    expect(figuresOf(capped, [proxy, capped]).memoryRatio?.median).toBe(2)
  })

  it('adds up what went wrong and shows the turn with the fewest streams alive', () => {
    const gateway = measured('node-memory', [
      { faults: { 'false end': 1 }, alive: { client: 500, upstream: 500 } },
      { faults: { 'false end': 2 }, alive: { client: 256, upstream: 300 } },
    ])
    expect(figuresOf(gateway, [gateway])).toMatchObject({
      faults: { 'false end': 3 },
      alive: { client: 256, upstream: 300 },
      processorRatio: undefined,
    })
  })
})
