import { expect, it } from 'vitest'
import type { Slice } from '../measure/slice.ts'
import { type Lane, type Race, translationRaces } from '../workloads/race.ts'
import { judgeRace, laneFigures } from './race-text.ts'

const race = translationRaces[0] as Race
const slice: Slice = {
  round: 0,
  calls: 1,
  faults: {},
  pieces: 1,
  seconds: 1,
  firstByte: { p50: 1, p99: 1 },
  total: { p50: 1, p99: 1 },
  microsPerCall: 0,
  loadBusy: 0,
  peakMebibytes: 1,
  leftOpen: 0,
}

function raced(client: string, upstream: string, micros: readonly number[]) {
  const lane = race.lanes.find((one) => one.client === client && one.upstream === upstream) as Lane
  return { lane, slices: micros.map((microsPerCall, round) => ({ ...slice, round, microsPerCall })) }
}

it('a translated stream is held against its client’s own dialect, round by round', () => {
  const lanes = [raced('chat', 'chat', [100, 1000]), raced('messages', 'messages', [50, 500])]
  const translated = raced('chat', 'messages', [150, 1700])
  const figures = laneFigures(translated, { lanes: [...lanes, translated], chargeFaults: [] })
  expect(figures.toClient).toEqual({ median: 1.6, least: 1.5, most: 1.7 })
  expect(figures.toUpstream).toEqual({ median: 3.2, least: 3, most: 3.4 })
  expect(judgeRace(race, 'node-memory', [figures])).toMatchObject([
    { workload: 'translated-50 chat → messages', kept: true },
  ])
})
