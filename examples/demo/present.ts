import type { Gateway } from '@tollgate/core'
import { demoCalls } from './demo-calls.ts'
import { openDemoKey } from './demo-key.ts'

/** The first of these that the gateway has a credential for. */
const preferred = ['sandbox:echo', 'gpt-4o-mini', 'claude-haiku-4-5']

/** Prints what a newcomer needs: where the gateway is, and calls that work as printed. */
export async function present(gateway: Gateway, url: string): Promise<void> {
  const token = await openDemoKey(gateway)
  const { available } = await gateway.credits.balance('demo')
  const models = await gateway.models.list()
  const listed = new Map(models.map((model) => [model.id, model]))
  const model = preferred.find((name) => listed.has(name) || listed.has(name.split(':')[1] ?? '')) ?? 'gpt-4o'
  const speaksMessages = !model.startsWith('gpt-')
  console.log(`Tollgate is listening on ${url} with ${models.length} models.`)
  console.log(`Account "demo" has $${available} of credits. Its access key:\n\n  ${token}\n`)
  console.log('Paste a call into another terminal in this folder:\n')
  for (const { title, command } of demoCalls({ url, token, model, speaksMessages })) {
    console.log(`# ${title}\n${command}\n`)
  }
  console.log('Charges appear here after each call.')
}
