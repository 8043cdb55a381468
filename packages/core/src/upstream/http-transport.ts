import { type Dispatcher, Pool } from 'undici'
import type { Transport, UpstreamControl, UpstreamReceiver, UpstreamRequest } from './transport.ts'

/**
 * Carries requests over HTTP with undici's dispatcher, which hands the bytes over as they are read: no
 * fetch, no web stream. One pool an origin, as many connections as there are calls.
 */
export function createHttpTransport(): Transport {
  const pools = new Map<string, Pool>()
  const poolOf = (origin: string): Pool => {
    let pool = pools.get(origin)
    if (!pool) {
      pool = new Pool(origin, {
        connections: null,
        pipelining: 1,
        allowH2: false,
        connect: { timeout: 10_000 },
      })
      pools.set(origin, pool)
    }
    return pool
  }
  return {
    dispatch: (request, receiver) => dispatch(poolOf(request.origin), request, receiver),
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()))
    },
  }
}

function dispatch(pool: Pool, request: UpstreamRequest, receiver: UpstreamReceiver): void {
  const handler = createHandler(receiver)
  receiver.opened(handler.control)
  const options: Dispatcher.DispatchOptions = {
    method: request.method,
    path: request.path,
    headers: request.headers,
    body: request.body ?? null,
    headersTimeout: request.headersTimeout,
    bodyTimeout: request.bodyTimeout,
  }
  pool.dispatch(options, handler)
}

const leftEarly = new Error('aborted by the gateway')

function createHandler(
  receiver: UpstreamReceiver,
): Dispatcher.DispatchHandler & { control: UpstreamControl } {
  let live: Dispatcher.DispatchController | undefined
  let done = false
  const fail = (error: Error) => {
    if (done) return
    done = true
    receiver.failed(error)
  }
  return {
    control: {
      pause: () => live?.pause(),
      resume: () => live?.resume(),
      abort() {
        if (done) return
        live?.abort(leftEarly)
        // A connection that is still being made cannot be aborted; its request is dropped when it starts.
        fail(leftEarly)
      },
    },
    onRequestStart(controller) {
      live = controller
      if (done) controller.abort(leftEarly)
    },
    onResponseStart(_controller, status, headers) {
      if (!done && status >= 200) receiver.responded(status, headers)
    },
    onResponseData(_controller, chunk) {
      if (!done) receiver.data(chunk)
    },
    onResponseEnd() {
      if (done) return
      done = true
      receiver.ended()
    },
    onResponseError(_controller, error) {
      fail(error)
    },
  }
}
