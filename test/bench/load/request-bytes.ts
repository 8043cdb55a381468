import type { LoadTask } from './load-questions.ts'

/** A call as it goes on the wire. */
export function requestBytes({ target, path, body }: Pick<LoadTask, 'target' | 'path' | 'body'>): Buffer {
  const { port, authorization } = target
  const head = [
    `POST ${path} HTTP/1.1`,
    `host: 127.0.0.1:${port}`,
    `authorization: ${authorization}`,
    'content-type: application/json',
    `content-length: ${body.length}`,
    'accept: application/json',
    'user-agent: tollgate-bench',
  ]
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body])
}
