import { parseArgs } from 'node:util'
import { createAccess } from '../../packages/core/src/access/access.ts'
import type { VirtualModelRecord } from '../../packages/core/src/access/virtual-models/virtual-model.ts'
import { createVirtualModels } from '../../packages/core/src/access/virtual-models/virtual-models.ts'
import { bodyOf } from '../../packages/core/src/bytes/body-bytes.ts'
import { readEnvelope } from '../../packages/core/src/call/envelope.ts'
import { scanMembers } from '../../packages/core/src/call/json-members.ts'
import { planCandidates } from '../../packages/core/src/call/plan-candidates.ts'
import type { CallServices, ConfiguredProvider } from '../../packages/core/src/call/services.ts'
import { dialects } from '../../packages/core/src/dialects/dialects.ts'
import type { Exchange } from '../../packages/core/src/exchange/exchange.ts'
import { createModelIndex } from '../../packages/core/src/models/model-index.ts'
import { createAffinity } from '../../packages/core/src/models/selection/affinity.ts'
import { createAutomatic } from '../../packages/core/src/models/selection/automatic.ts'
import { createMetrics } from '../../packages/core/src/models/selection/metrics.ts'
import { virtualModelRules } from '../../packages/core/src/models/selection/virtual-model-rules.ts'
import { customProvider } from '../../packages/core/src/providers/custom.ts'
import { openStore } from '../../packages/core/src/store/open-store.ts'

/**
 * What it costs to find out who calls, what for, whether they may, and where that goes: on a few models and keys beside
 * many, in one run. `npm run bench:routing`, with `-- --keys 10000 --rounds 5` for a short one.
 */
const { values } = parseArgs({
  options: {
    models: { type: 'string', default: '1000' },
    keys: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '15' },
    calls: { type: 'string', default: '4000' },
  },
})
const [rounds, calls] = [Number(values.rounds), Number(values.calls)]
const few = { models: 10, keys: 10 }
const many = { models: Number(values.models), keys: Number(values.keys) }

interface Size {
  readonly models: number
  readonly keys: number
}

/** Answers each call as a gateway of this size would, up to where it is sent. */
type Route = (model: string, at: number) => unknown

async function createRouter({
  models: count,
  keys: keyCount,
}: Size): Promise<Record<'known' | 'read', Route>> {
  const names = Array.from({ length: count }, (_, at) => `model-${at}`)
  const options = Object.fromEntries(
    names.map((name, at) => [
      name,
      { price: { input: `${(at % 97) + 1}`, output: '9' }, contextWindow: 8000 + at },
    ]),
  )
  const models = createModelIndex({ providers: [{ id: 'acme', models: options }] })
  const definition = customProvider('acme', { baseUrl: 'http://127.0.0.1:9/v1' })
  const provider = { definition, apiKey: 'sk', keyless: false } as unknown as ConfiguredProvider
  const store = openStore('memory:')
  const virtualModels = createVirtualModels({
    records: store.records<VirtualModelRecord>('virtual-models'),
    rules: virtualModelRules(models),
  })
  await virtualModels.create({ name: 'fast', strategy: 'price', targets: ['model-1', 'model-2', 'model-3'] })
  const services = {
    models,
    providers: new Map([['acme', provider]]),
    ownCredentials: () => [],
    metrics: createMetrics(),
    virtualModels,
    choice: { strategy: 'order', affinity: createAffinity(), automatic: createAutomatic(models) },
  } as unknown as CallServices
  const access = { remembered: await open(store, 3_600_000), unremembered: await open(store, 0) }
  const tokens = await createKeys(access.remembered, keyCount)
  const send = async (principalOf: (token: string) => unknown, model: string, token: string) => {
    const answer = principalOf(token)
    const principal = (answer instanceof Promise ? await answer : answer) as never
    const body = { model, messages: [{ role: 'user', content: 'What does a toll cost?' }] }
    const members = scanMembers(bodyOf([Buffer.from(JSON.stringify(body))]))
    const envelope = readEnvelope(members, 'openai-chat')
    const exchange = { headers: {} } as Exchange
    const plan = planCandidates(services, { dialect: dialects['openai-chat'], envelope, principal, exchange })
    return plan instanceof Promise ? await plan : plan
  }
  // A working set of ten, and another key for every call.
  return {
    known: (model, at) => send(access.remembered.keys.authenticate, model, tokens[at % 10] as string),
    read: (model, at) =>
      send(access.unremembered.keys.authenticate, model, tokens[(at * 7919) % tokens.length] as string),
  }
}

type Opened = ReturnType<typeof createAccess>

const namespaces = new Map<object, Map<string, unknown>>()

/** Both share one store, whose namespaces are asked for once. */
async function open(store: ReturnType<typeof openStore>, cacheMs: number): Promise<Opened> {
  const known = namespaces.get(store) ?? new Map<string, unknown>()
  namespaces.set(store, known)
  return createAccess({
    records: ((name: string) => {
      if (!known.has(name)) known.set(name, store.records(name))
      return known.get(name)
    }) as typeof store.records,
    names: { resolveModel: () => undefined, providers: [] } as never,
    findProviderKey: async () => undefined,
    logger: console,
    cacheMs,
  })
}

async function createKeys({ keys, configurations }: Opened, count: number): Promise<string[]> {
  const tags = ['bench']
  const { id: configuration } = await configurations.create({ name: 'bench', tags })
  const tokens: string[] = []
  for (let at = 0; at < count; at += 1) {
    const { token } = await keys.create({ account: `account-${at}`, configuration })
    tokens.push(token)
  }
  return tokens
}

async function microseconds(route: Route, model: string, from: number): Promise<number> {
  const start = process.cpuUsage()
  for (let at = 0; at < calls; at += 1) await route(model, from + at)
  const { user, system } = process.cpuUsage(start)
  return (user + system) / calls
}

const median = (numbers: readonly number[]) =>
  numbers.toSorted((left, right) => left - right)[numbers.length >> 1] ?? 0

console.log(`${few.models} models and ${few.keys} keys beside ${many.models} models and ${many.keys} keys`)
console.log('microseconds of processor time a call, and how many times as much the many take\n')
const [small, large] = [await createRouter(few), await createRouter(many)]
for (const [keys, told] of [
  ['known', 'key remembered'],
  ['read', 'key read from the store'],
] as const) {
  for (const model of ['model-5', 'fast', 'tollgate/auto']) {
    const taken: { readonly few: number; readonly many: number }[] = []
    for (let round = -2; round < rounds; round += 1) {
      const from = (round + 2) * calls
      const pair = {
        few: await microseconds(small[keys], model, from),
        many: await microseconds(large[keys], model, from),
      }
      // The first two rounds are for the compiler.
      if (round >= 0) taken.push(pair)
    }
    const ratio = median(taken.map((pair) => pair.many / pair.few))
    const [one, other] = [median(taken.map((pair) => pair.few)), median(taken.map((pair) => pair.many))]
    console.log(
      `${told.padEnd(24)} ${model.padEnd(14)} ${one.toFixed(1).padStart(7)} ${other.toFixed(1).padStart(7)}  ${ratio.toFixed(2)}`,
    )
  }
}
process.exit(0)
