import type { MysqlServer, SqlAnswer, SqlStatement } from '../../store/mysql/mysql-server.ts'
import { isTemporary } from '../../store/mysql/sql-failure.ts'
import type { Outcome } from '../sql/decode-outcome.ts'
import { storeUnavailable } from '../sql/store-unavailable.ts'
import type { Step } from './encode-step.ts'

/** Tries of a step that lost against others. */
const tries = 3

/**
 * Runs a step as one call of its procedure, which is one transaction.
 *
 * @param now Milliseconds. @default the server's clock
 * @throws GatewayError `store_unavailable` when there is no clear answer within the server's time.
 */
export async function callStep(server: MysqlServer, step: Step, now?: number): Promise<Outcome> {
  const { name, account, values } = step
  const parameters = [account, now, ...values].map((value) => value ?? null)
  const text = `CALL tollgate_${name}(${parameters.map(() => '?').join(', ')})`
  try {
    const { rows } = await untilDone(server, { text, values: parameters })
    if (rows[0]) return rows[0]
    throw new Error(`The store answered nothing to tollgate_${name}.`)
  } catch (error) {
    throw storeUnavailable(error)
  }
}

/** Further tries share the time of one. */
async function untilDone(server: MysqlServer, statement: SqlStatement): Promise<SqlAnswer> {
  const until = performance.now() + server.timeoutMs
  let timeoutMs = server.timeoutMs
  for (let left = tries; ; left -= 1) {
    try {
      return await server.query({ ...statement, timeoutMs })
    } catch (error) {
      timeoutMs = until - performance.now()
      if (left === 1 || timeoutMs <= 0 || !isTemporary(error)) throw error
    }
  }
}
