import { once } from 'node:events'
import { openMysql } from '../../packages/core/src/store/mysql/open-mysql.ts'

/** Asks a server something, waits for its parent's word, and then has nothing more to do. */
const [url = '', isClosing = ''] = process.argv.slice(2)
const server = openMysql({ connection: url })
await server.query({ text: 'SELECT 1' })
process.send?.('asked')
await once(process, 'message')
if (isClosing) await server.close()
process.disconnect()
