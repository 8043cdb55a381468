import { isMainThread } from 'node:worker_threads'

type Signal = NodeJS.Signals
const signals: readonly Signal[] = ['SIGTERM', 'SIGINT']

/** What is to be closed, of all gateways of this process. */
const closers = new Set<() => Promise<void>>()

/**
 * Closes when the process is told to end, and then lets it end as the signal would have ended it. A host that
 * listens to the signal itself is in charge: it has to close its gateways, and nothing is done here.
 *
 * @returns A function that ends this.
 */
export function closeOnSignal(close: () => Promise<void>): () => void {
  if (!isMainThread) return () => {}
  closers.add(close)
  if (closers.size === 1) for (const signal of signals) process.prependListener(signal, onSignal)
  return () => {
    if (closers.delete(close) && closers.size === 0) signals.forEach(stopListening)
  }
}

function stopListening(signal: Signal): void {
  process.off(signal, onSignal)
}

/**
 * Steps aside first, so that whoever looks at the listeners after this one, to see whether anybody else is in
 * charge, sees what would be there without us.
 */
function onSignal(signal: Signal): void {
  stopListening(signal)
  if (process.listenerCount(signal) > 0) return
  // Whoever sends a second signal does not want to wait.
  signals.forEach(stopListening)
  void Promise.allSettled(Array.from(closers, (close) => close())).then(() =>
    process.kill(process.pid, signal),
  )
}
