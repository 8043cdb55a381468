import { readFileSync, writeFileSync } from 'node:fs'
import type { Gateway } from '@tollgate/core'

const account = 'demo'
const file = '.tollgate-demo-key'

/**
 * The demo account's access key. Account, credits and key are made once; a token cannot be shown twice, so the
 * demo keeps it in a file that only its owner can read.
 */
export async function openDemoKey(gateway: Gateway): Promise<string> {
  await gateway.credits.grant({ account, amount: '5.00', reference: 'demo-welcome' })
  const saved = readSaved()
  if (saved !== undefined && (await works(gateway, saved))) return saved
  const { token } = await gateway.keys.create({ account, name: 'demo' })
  writeFileSync(file, token, { mode: 0o600 })
  return token
}

function readSaved(): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    return undefined
  }
}

async function works(gateway: Gateway, token: string): Promise<boolean> {
  try {
    return (await gateway.keys.authenticate(token)).account === account
  } catch {
    return false
  }
}
