import type { Target } from './load-questions.ts'

/** A call of Chat Completions as it goes on the wire. */
export function requestBytes({ port, authorization }: Target, body: Buffer): Buffer {
  const head = [
    'POST /v1/chat/completions HTTP/1.1',
    `host: 127.0.0.1:${port}`,
    `authorization: ${authorization}`,
    'content-type: application/json',
    `content-length: ${body.length}`,
    'accept: application/json',
    'user-agent: tollgate-bench',
  ]
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body])
}
