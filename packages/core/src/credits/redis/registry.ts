import type { RedisConnection, RedisScript } from '../../store/redis/redis-connection.ts'
import { scan } from '../../store/redis/scan.ts'
import type { KeyNames } from './account-keys.ts'
import { createScript } from './create-script.ts'

/**
 * What is known across accounts: which there are, and which must be looked at when, because a hold or a grant
 * ends. It lives in another slot of a cluster than the accounts, and so cannot be written in the same step.
 * Instead it is written first, and only ever says too much: an account that got no row after all, or a look that
 * finds nothing to do.
 *
 * An account stays due at a time until that time has come and somebody has looked. So a process that knows the
 * account to be due at a time needs not say so again for whatever happens before that time and ends after it; a
 * look replaces the time with the next one, which it was told by the account in the same step as it looked.
 */
export interface Registry {
  /** Before the account's first row that this process writes. Nothing when it was done before. */
  list(account: string): Promise<unknown> | undefined
  /** Before a change at `at` that must be looked at when it ends. Nothing when somebody will have looked. */
  makeDue(account: string, change: Change): Promise<unknown> | undefined
  /** Accounts that are due, the longest first. */
  due(limit: number): Promise<readonly DueAccount[]>
  /** After a look. What was made due meanwhile stays so. */
  looked(due: DueAccount, look: { readonly again: string; readonly rows: number }): Promise<unknown>
  accounts(): Promise<readonly string[]>
  /**
   * Some accounts, others each time until all had their turn. What an account is due at can be lost: a process knows
   * of it what another one has changed since, or dies between two steps. So each is looked at now and then.
   */
  inTurn(): Promise<readonly string[]>
  /** The account is due then, or earlier. */
  isDueAt(account: string, at: string): Promise<unknown>
  /** What was written is gone. */
  forget(): void
}

/** By the store's clock. */
export interface Change {
  readonly at: number
  readonly endsAt: number
}

export interface DueAccount {
  readonly account: string
  readonly dueAt: string
}

/** How many accounts a process remembers; what it forgets it says again. */
const remembered = 100_000

const makeDueScript = createScript(`
local present = redis.call('ZSCORE', KEYS[2], ARGV[1])
if present and tonumber(present) <= tonumber(ARGV[2]) then return present end
redis.call('ZADD', KEYS[2], ARGV[2], ARGV[1])
return ARGV[2]
`)

const dueScript = createScript(`
local now = ARGV[1]
if now == '' then
  local time = redis.call('TIME')
  now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
end
return redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'WITHSCORES', 'LIMIT', 0, ARGV[2])
`)

const lookedScript = createScript(`
local present = redis.call('ZSCORE', KEYS[2], ARGV[1])
if ARGV[4] == 'rows' then redis.call('SADD', KEYS[1], ARGV[1]) end
if present ~= ARGV[2] then return 0 end
if ARGV[3] == '' then return redis.call('ZREM', KEYS[2], ARGV[1]) end
return redis.call('ZADD', KEYS[2], ARGV[3], ARGV[1])
`)

export interface RegistryOptions {
  readonly connection: RedisConnection
  readonly keys: KeyNames['registry']
  /** The time as text, or empty for the store's own. */
  readonly time: () => string
}

export function createRegistry({ connection, keys, time }: RegistryOptions): Registry {
  const listed = new Set<string>()
  const dueAt = new Map<string, number>()
  const [listKey] = keys
  /** Of the accounts that have had their turn. */
  let cursor = '0'
  let breaks = connection.breaks
  const forget = () => {
    listed.clear()
    dueAt.clear()
  }
  /** A server that was away may have come back empty. */
  const check = () => {
    if (breaks === connection.breaks) return
    breaks = connection.breaks
    forget()
  }
  const run = (script: RedisScript, ...args: readonly string[]) => connection.evaluate(script, keys, args)
  return {
    list(account) {
      check()
      if (listed.has(account)) return undefined
      return connection.command(listKey, ['SADD', listKey, account]).then(() => {
        if (listed.size >= remembered) listed.clear()
        listed.add(account)
      })
    },
    makeDue(account, { at, endsAt }) {
      check()
      const known = dueAt.get(account)
      if (known !== undefined && at < known && known <= endsAt) return undefined
      return run(makeDueScript, account, String(endsAt)).then((present) => {
        if (dueAt.size >= remembered) dueAt.clear()
        dueAt.set(account, Number(present))
      })
    },
    isDueAt: (account, at) => run(makeDueScript, account, at),
    async inTurn() {
      const reply = await connection.command(listKey, ['SSCAN', listKey, cursor, 'COUNT', '50'])
      const [next, accounts] = reply as readonly [string, readonly string[]]
      cursor = next
      return accounts
    },
    async due(limit) {
      const flat = (await run(dueScript, time(), String(limit))) as readonly string[]
      return Array.from({ length: flat.length / 2 }, (_, index) => ({
        account: flat[2 * index] ?? '',
        dueAt: flat[2 * index + 1] ?? '',
      }))
    },
    looked: ({ account, dueAt: seen }, { again, rows }) =>
      run(lookedScript, account, seen, again, rows > 0 ? 'rows' : ''),
    accounts: async () => {
      const names = new Set<string>()
      for await (const page of scan(connection, 'SSCAN', listKey)) for (const name of page) names.add(name)
      return [...names].sort()
    },
    forget,
  }
}
