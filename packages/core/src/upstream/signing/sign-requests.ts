import { ConnectionError } from '../connection-error.ts'
import type { Transport, UpstreamControl, UpstreamReceiver, UpstreamRequest } from '../transport.ts'
import { CredentialError } from './credential-error.ts'
import type { RequestSigner } from './request-signer.ts'

/** As long as a connection may take. */
const patienceMs = 10_000

/**
 * A transport whose requests are signed before they go out. What a signature waits for can be aborted like
 * everything behind it; a request with a credential, an account's own key, goes out as it is.
 *
 * @param patience Milliseconds that a signature may take.
 */
export function signRequests(
  transport: Transport,
  signer: RequestSigner,
  patience: number = patienceMs,
): Transport {
  return {
    dispatch(request, receiver) {
      if ('authorization' in request.headers) return transport.dispatch(request, receiver)
      const signed = sign(signer, request)
      if (signed instanceof Promise) dispatchLater({ transport, signed, receiver, patience })
      else transport.dispatch(signed, receiver)
    },
    close: () => transport.close(),
  }
}

/** What it throws comes where it is waited for. */
function sign(signer: RequestSigner, request: UpstreamRequest): ReturnType<RequestSigner['sign']> {
  try {
    return signer.sign(request)
  } catch (error) {
    return Promise.reject(error)
  }
}

interface Waiting {
  readonly transport: Transport
  readonly signed: Promise<UpstreamRequest>
  readonly receiver: UpstreamReceiver
  readonly patience: number
}

function dispatchLater({ transport, signed, receiver, patience }: Waiting): void {
  let live: UpstreamControl | undefined
  let isOver = false
  let isPaused = false
  const fail = (error: Error) => {
    if (isOver) return
    isOver = true
    clearTimeout(timer)
    receiver.failed(error)
  }
  const timer = setTimeout(() => fail(late()), patience)
  receiver.opened({
    pause() {
      isPaused = true
      live?.pause()
    },
    resume() {
      isPaused = false
      live?.resume()
    },
    wasSent: () => live?.wasSent() ?? false,
    abort: () =>
      live ? live.abort() : fail(new ConnectionError('aborted', 'The gateway gave the call up.')),
  })
  const opened = (control: UpstreamControl) => {
    live = control
  }
  const { responded, data, ended, failed } = receiver
  signed
    .then((request) => {
      if (isOver) return
      clearTimeout(timer)
      transport.dispatch(request, { opened, responded, data, ended, failed })
      if (isPaused) live?.pause()
    })
    .catch((cause: unknown) => fail(asCredentialError(cause)))
}

function late(): CredentialError {
  return new CredentialError('The credential did not come in time.', { isTransient: true })
}

function asCredentialError(cause: unknown): CredentialError {
  return cause instanceof CredentialError
    ? cause
    : new CredentialError('The credential could not be made.', { cause })
}
