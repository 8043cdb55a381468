import { describe, expect, test } from 'vitest'
import { type Import, importsOf } from './imports.ts'

/** What each room of the core may use at run time; nothing points back. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  gateway: [
    'access',
    'billing',
    'call',
    'credits',
    'errors',
    'exchange',
    'models',
    'options',
    'providers',
    'responses',
    'sockets',
    'store',
    'telemetry',
    'upstream',
  ],
  call: [
    'access',
    'billing',
    'bytes',
    'credits',
    'dialects',
    'errors',
    'exchange',
    'models',
    'responses',
    'sockets',
    'telemetry',
    'upstream',
  ],
  responses: ['errors'],
  sockets: [],
  options: ['billing', 'errors', 'models', 'providers', 'store', 'upstream'],
  access: ['billing', 'errors', 'memory', 'store'],
  credits: ['billing', 'errors', 'memory', 'store'],
  telemetry: ['billing', 'credits', 'errors'],
  upstream: ['bytes', 'errors', 'memory', 'providers'],
  exchange: ['bytes', 'errors'],
  models: ['billing', 'errors', 'memory'],
  dialects: ['billing', 'errors'],
  providers: ['errors'],
  store: ['errors'],
  billing: ['bytes', 'errors'],
  bytes: [],
  memory: [],
  errors: [],
}

/** The words that rooms share: shapes alone, which cost nothing at run time and hide no work. */
const vocabulary: Readonly<Record<string, readonly string[]>> = {
  gateway: [],
  call: ['options', 'providers', 'store'],
  responses: ['store'],
  sockets: ['exchange'],
  access: ['credits', 'exchange', 'options', 'upstream'],
  credits: ['options'],
  telemetry: ['options'],
  models: ['options'],
  providers: ['billing', 'options'],
  dialects: ['providers'],
  options: ['access', 'call', 'telemetry'],
  exchange: ['upstream'],
  upstream: [],
  store: [],
  billing: [],
  bytes: [],
  memory: [],
  errors: [],
}

/** Packages that only these rooms may touch. */
const packages: Readonly<Record<string, readonly string[]>> = {
  'node:net': ['access', 'upstream', 'sockets'],
  'node:tls': ['upstream'],
  '@smithy/signature-v4': ['upstream'],
  keyv: ['options', 'store'],
  '@opentelemetry/api': ['telemetry'],
  'prom-client': ['telemetry'],
  'node:http': ['exchange', 'gateway', 'sockets', 'upstream'],
  'http-proxy-middleware': ['upstream'],
  ws: ['sockets'],
  'node:sqlite': ['credits', 'store'],
  'mysql2/promise': ['store'],
  pg: ['store'],
  zod: ['access', 'credits', 'options'],
}

/** `core/src/call/serve.ts` is in `call`; the files at the top assemble the gateway. */
function roomOf(path: string): string {
  const [, , room = ''] = path.split('/')
  return room.endsWith('.ts') ? 'gateway' : room
}

const inside = importsOf('core').filter(({ from }) => from.startsWith('core/'))
const outside = importsOf('core').filter(({ from }) => !from.startsWith('core/'))

function isForbidden({ file, from, isType }: Import): boolean {
  const [room, other] = [roomOf(file), roomOf(from)]
  if (room === other) return false
  if (room === 'gateway') return !isType && !arrows.gateway?.includes(other)
  return !arrows[room]?.includes(other) && !(isType && vocabulary[room]?.includes(other))
}

const show = ({ file, from }: Import) => `${file} → ${from}`

describe('the arrows of the core', () => {
  test('point inward', () => {
    expect(inside.length).toBeGreaterThan(400)
    expect(inside.filter(isForbidden).map(show)).toEqual([])
  })

  test('are each in use: a room that stops using another loses the right to', () => {
    const used = new Set(inside.map(({ file, from }) => `${roomOf(file)} ${roomOf(from)}`))
    const granted = [arrows, vocabulary].flatMap((table) =>
      Object.entries(table).flatMap(([room, others]) => others.map((other) => `${room} ${other}`)),
    )
    expect(granted.filter((arrow) => !used.has(arrow))).toEqual([])
  })

  test('lead to packages only where those belong', () => {
    const wrong = outside.filter(({ file, from }) => packages[from] && !packages[from].includes(roomOf(file)))
    expect(wrong.map(show)).toEqual([])
  })

  test('leave the pure rooms without a world: no sockets, no stores, no clock of their own', () => {
    const pure = ['billing', 'bytes', 'models', 'dialects', 'providers', 'errors']
    const wrong = outside.filter(({ file }) => pure.includes(roomOf(file))).map(show)
    // A digest is a function of its text and of nothing else.
    expect(wrong).toEqual(['core/src/dialects/sha256.ts → node:crypto'])
  })

  test('from the frameworks end at the public entries of the core', () => {
    for (const name of ['express', 'koa', 'fastify', 'tollgate']) {
      const public_ = /^@tollgate\/core(\/node)?$|^node:|^(express|koa|fastify|commander)$/
      const wrong = importsOf(name).filter(({ from }) => !from.startsWith(`${name}/`) && !public_.test(from))
      expect(wrong.map(show)).toEqual([])
    }
  })
})
