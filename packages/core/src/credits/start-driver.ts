import { GatewayError } from '../errors/gateway-error.ts'
import type { Logger } from '../options/options.ts'
import { startAgain } from '../store/start-again.ts'
import type { CreditDriver } from './driver.ts'
import { findCall } from './find-call.ts'

export interface StartedDriver {
  readonly driver: CreditDriver
  /** True once the driver answers. */
  readonly isReady: boolean
  /** Rejects with `store_unavailable` while the driver cannot start; the next call tries again. */
  ready(): Promise<void>
}

/** Starts a driver at once and, should that fail, again with later calls, so that a store may come back. */
export function startDriver(driver: CreditDriver, logger: Logger): StartedDriver {
  const started = startAgain({
    start: () => driver.init(),
    refusal: unavailable,
    failed: (error) => logger.error({ error }, 'The store of credits cannot be used; calls are refused.'),
  })
  const { ready } = started
  return {
    driver: guard(driver, { ready, isReady: () => started.isReady }),
    get isReady() {
      return started.isReady
    },
    ready,
  }
}

function unavailable(cause: unknown): GatewayError {
  const reason = cause instanceof Error ? cause.message : 'It did not start.'
  return new GatewayError({
    code: 'store_unavailable',
    message: `The store of credits cannot be used: ${reason}`,
    cause,
  })
}

interface Gate {
  ready(): Promise<void>
  isReady(): boolean
}

/** Whoever uses the driver before it has started waits for it. */
function guard(driver: CreditDriver, { ready, isReady }: Gate): CreditDriver {
  const later = async <Answer>(step: () => Answer): Promise<Awaited<Answer>> => {
    await ready()
    return await step()
  }
  /** Once started, what comes at once comes at once. */
  const wait = <Answer>(step: () => Answer) => (isReady() ? step() : later(step))
  async function* afterStart<Item>(items: () => AsyncIterable<Item>) {
    await ready()
    yield* items()
  }
  return {
    kind: driver.kind,
    // A server's settings are known once it has answered.
    get durability() {
      return driver.durability
    },
    multiProcess: driver.multiProcess,
    init: ready,
    hold: (request) => wait(() => driver.hold(request)),
    extend: (id, account, request) => wait(() => driver.extend(id, account, request)),
    settle: (request) => wait(() => driver.settle(request)),
    release: (id, account) => wait(() => driver.release(id, account)),
    handOver: (id, account) => wait(() => driver.handOver?.(id, account)),
    credit: (request) => wait(() => driver.credit(request)),
    balance: (account) => wait(() => driver.balance(account)),
    expire: (limit) => wait(() => driver.expire(limit)),
    ledger: (account, fromSeq, toSeq) => afterStart(() => driver.ledger(account, fromSeq, toSeq)),
    find: (account, id) => wait(() => findCall(driver, account, id)),
    accounts: () => afterStart(() => driver.accounts()),
    audit: (account) => wait(() => driver.audit(account)),
    keepsCharges: async () => (await driver.keepsCharges?.()) ?? false,
    close: () => driver.close(),
  }
}
