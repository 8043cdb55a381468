import { answerCost } from '../recorded/answer-facts.ts'
import { type DialectName, streamBytes } from '../recorded/recorded-stream.ts'
import { dialectRequest, requestTexts } from './dialect-requests.ts'
import type { Workload } from './workload.ts'

/** One way through a gateway: who asks, and what the provider speaks. */
export interface Lane {
  readonly client: DialectName
  readonly upstream: DialectName
  readonly workload: Workload
}

/** Workloads that take turns on one and the same server, held against each other. */
export interface Race {
  readonly name: string
  readonly title: string
  readonly lanes: readonly Lane[]
  /** Processor time of a translated stream at most, relative to the same client's stream that is relayed as it is. */
  readonly limit: number
}

const words = 50
const names: readonly DialectName[] = ['chat', 'responses', 'messages', 'gemini']

function lane(client: DialectName, upstream: DialectName, interval: number): Lane {
  const name = laneName(client, upstream)
  const workload: Workload = {
    name,
    title: name,
    load: { kind: 'closed-loop', connections: 32 },
    scenario: { chunks: words, interval, end: 'proper', requestBytes: undefined, requestTexts },
    ...dialectRequest(client, `${upstream}-model`),
    // How long a translation is, the first answer says, which is read.
    expectation: {
      end: 'complete',
      bodyBytes: client === upstream ? streamBytes(client, words) : Number.NaN,
    },
    charge: answerCost,
    limits: [],
  }
  return { client, upstream, workload }
}

/** As the tables name it. */
export function laneName(client: DialectName, upstream: DialectName): string {
  return client === upstream ? client : `${client} → ${upstream}`
}

interface Pace {
  readonly name: string
  readonly title: string
  /** Milliseconds between chunks. */
  readonly interval: number
}

/** Every dialect from every other, beside each as it is. */
function translationRace({ name, title, interval }: Pace): Race {
  return {
    name,
    title: `${title} from every dialect to every other, 32 connections, one server`,
    lanes: names.flatMap((client) => [
      lane(client, client, interval),
      ...names.filter((upstream) => upstream !== client).map((upstream) => lane(client, upstream, interval)),
    ]),
    limit: 1.6,
  }
}

export const translationRaces: readonly Race[] = [
  translationRace({ name: 'translated-50', title: `Streams of ${words} chunks`, interval: 0 }),
  // Without pauses a server that is late joins chunks; here each is a write of its own, as from a provider.
  translationRace({
    name: 'translated-50-paced',
    title: `Streams of ${words} chunks 4 ms apart`,
    interval: 4,
  }),
]

export function isRace(task: Workload | Race): task is Race {
  return 'lanes' in task
}
