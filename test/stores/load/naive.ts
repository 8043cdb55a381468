import { KeyvMysql } from '@keyv/mysql'
import { KeyvPostgres } from '@keyv/postgres'
import KeyvRedis from '@keyv/redis'
import { Keyv } from 'keyv'
import { createSqliteAdapter } from '../../../packages/core/src/store/sqlite-adapter.ts'
import type { Spend } from './spend.ts'

interface NaiveAccount {
  balance: string
  spent: string
}

/** Any Keyv, as applications use it for a balance: read, look, write. */
export function openKeyv(store: string): Keyv<NaiveAccount> {
  if (store.startsWith('redis')) return new Keyv({ store: new KeyvRedis(store), throwOnErrors: true })
  if (store.startsWith('postgres'))
    return new Keyv({ store: new KeyvPostgres({ uri: store }), throwOnErrors: true })
  if (store.startsWith('mysql')) return new Keyv({ store: new KeyvMysql(store), throwOnErrors: true })
  const file = store.slice('sqlite:'.length)
  return new Keyv({ store: createSqliteAdapter({ file }), throwOnErrors: true })
}

/** What a gateway does that reads a balance, compares, and writes it back. */
export function spendNaively(keyv: Keyv<NaiveAccount>): Spend {
  const calls = new Map<string, { account: string; amount: bigint }>()
  let ids = 0
  const change = async (account: string, step: (of: { balance: bigint; spent: bigint }) => boolean) => {
    const stored = await keyv.get(account)
    const state = { balance: BigInt(stored?.balance ?? 0), spent: BigInt(stored?.spent ?? 0) }
    if (!step(state)) return false
    await keyv.set(account, { balance: String(state.balance), spent: String(state.spent) })
    return true
  }
  return {
    async hold(account, amount) {
      const isHeld = await change(account, (state) => {
        if (state.balance < amount) return false
        state.balance -= amount
        return true
      })
      if (!isHeld) return 'empty'
      ids += 1
      calls.set(String(ids), { account, amount })
      return String(ids)
    },
    async settle(id, cost) {
      const { account, amount } = calls.get(id) as { account: string; amount: bigint }
      calls.delete(id)
      await change(account, (state) => {
        state.balance += amount - cost
        state.spent += cost
        return true
      })
      return cost
    },
  }
}
