import { Agent, IncomingMessage, type ServerResponse } from 'node:http'
import { Agent as SecureAgent } from 'node:https'
import { Socket } from 'node:net'
import { Writable } from 'node:stream'
import type { Options, RequestHandler } from 'http-proxy-middleware'
import { ConnectionError } from '../connection-error.ts'
import { guardedLookup, metadataAddresses } from '../http1/guarded-lookup.ts'
import type { BodyTransport, StreamedRequest } from './body-transport.ts'
import { loadProxy } from './load-proxy.ts'
import { createPassage, type Passage } from './passage.ts'

/**
 * Carries bodies through http-proxy-middleware. It gets a request of our making, with our headers and nothing of the
 * client's but its body, and a response that nobody writes to: what comes back goes to the receiver.
 */
export function createProxyTransport(): BodyTransport {
  const passages = new Map<IncomingMessage, Passage>()
  const lookup = guardedLookup(metadataAddresses)
  // A connection that was used before may be closed at the other end already, and a body can be sent only once.
  const agents = { 'http:': new Agent({ lookup }), 'https:': new SecureAgent({ lookup }) }
  let proxy: RequestHandler | undefined
  let isClosed = false
  const send = (passage: Passage, request: StreamedRequest) => {
    if (isClosed) return passage.close()
    const incoming = requestOf(request)
    const response = new Writable()
    passages.set(incoming, passage)
    passage.carry(response, () => passages.delete(incoming))
    void proxy?.(incoming, response as unknown as ServerResponse, (error) => {
      // It passes on what it does not take, too.
      passage.fail(error instanceof Error ? error : new ConnectionError('closed', 'The proxy sent nothing.'))
    })
  }
  return {
    dispatch(request, receiver) {
      const passage = createPassage(request, receiver)
      receiver.opened(passage.control)
      if (passage.isOver()) return
      if (proxy) return send(passage, request)
      loadProxy().then((module) => {
        proxy ??= module.createProxyMiddleware({
          ...optionsFor(passages, agents),
          plugins: [module.proxyEventsPlugin],
        })
        if (!passage.isOver()) send(passage, request)
      }, passage.fail)
    },
    async close() {
      isClosed = true
      for (const passage of [...passages.values()]) passage.close()
      for (const agent of Object.values(agents)) agent.destroy()
    },
  }
}

type Agents = Readonly<Record<'http:' | 'https:', Agent>>

function optionsFor(passages: ReadonlyMap<IncomingMessage, Passage>, agents: Agents): Options {
  return {
    // Its own would answer clients in words of its own, which name the provider's host.
    ejectPlugins: true,
    selfHandleResponse: true,
    changeOrigin: true,
    router(incoming, _response, options) {
      const { origin, body } = (passages.get(incoming) as Passage).request
      Object.assign(options, { buffer: body, agent: agents[new URL(origin).protocol as keyof Agents] })
      return origin
    },
    on: {
      proxyReq: (outgoing, incoming) => passages.get(incoming)?.sent(outgoing),
      proxyRes: (answer, incoming) => passages.get(incoming)?.answered(answer),
      error: (error, incoming) => passages.get(incoming)?.fail(error),
      econnreset: (error, incoming) => passages.get(incoming)?.fail(error),
    },
  }
}

function requestOf({ method, path, headers }: StreamedRequest): IncomingMessage {
  const incoming = new IncomingMessage(new Socket())
  return Object.assign(incoming, { method, url: path, headers: { ...headers } })
}
