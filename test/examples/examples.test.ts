import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))
const run = promisify(execFile)

/** An example as `npm start` runs it, in an empty folder and without any key in its environment. */
function createExample(name: string) {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-example-'))
  const script = join(root, 'examples', name, 'server.ts')
  let child: ChildProcess | undefined
  let output = ''
  const until = async (holds: () => boolean) => {
    const deadline = performance.now() + 15_000
    while (!holds()) {
      if (performance.now() > deadline) throw new Error(`Not reached:\n${output}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  return {
    folder,
    until,
    output: () => output,
    async start() {
      output = ''
      child = spawn(process.execPath, ['--conditions=@tollgate/source', script], {
        cwd: folder,
        env: { PATH: process.env.PATH ?? '', PORT: '0' },
      })
      for (const pipe of [child.stdout, child.stderr]) {
        pipe?.on('data', (chunk) => {
          output += chunk
        })
      }
      await until(() => output.includes('Charges appear here'))
    },
    /** Resolves to the exit code. */
    async stop(): Promise<number | null> {
      if (!child || child.exitCode !== null) return child?.exitCode ?? null
      const closed = new Promise<number | null>((resolve) => child?.once('close', resolve))
      child.kill('SIGTERM')
      return closed
    },
  }
}

/** What is printed for pasting, by its title. */
function printedCalls(output: string): Map<string, string> {
  return new Map(
    [...output.matchAll(/^# (.+)\n(.+)$/gm)].map(([, title = '', command = '']) => [title, command]),
  )
}

const hasCurl = spawnSync('curl', ['--version']).status === 0
if (!hasCurl) console.log('The printed calls of curl are skipped: this machine has none.')
const skipCurl = !hasCurl && !process.env.REQUIRE_SERVICES

describe.each(['express', 'koa', 'fastify', 'node'])('the %s example', (name) => {
  const example = createExample(name)
  beforeAll(() => example.start())
  afterAll(async () => {
    await example.stop()
    rmSync(example.folder, { recursive: true })
  })

  const paste = async (title: string) => {
    const command = printedCalls(example.output()).get(title)
    if (!command) throw new Error(`No call is printed for ${title}:\n${example.output()}`)
    const { stdout } = await run('sh', ['-c', command], { cwd: root })
    return stdout
  }
  const charges = () => example.output().match(/charged \$0\.\d+/g)?.length ?? 0

  test('says where it is, with which key and what to paste', () => {
    expect(example.output()).toMatch(/listening on http:\/\/localhost:\d+ with \d+ models/)
    expect(example.output()).toContain('Account "demo" has $5.000000000 of credits')
    expect(example.output()).toMatch(/^ {2}tg_\w+$/m)
    expect([...printedCalls(example.output()).keys()]).toEqual([
      'curl',
      'curl, streaming',
      'OpenAI SDK',
      'Anthropic SDK',
    ])
  })

  async function pasted(title: string, answer: string): Promise<void> {
    const before = charges()
    expect(await paste(title)).toContain(answer)
    await example.until(() => charges() === before + 1)
  }

  test.skipIf(skipCurl).each([
    ['curl', '"content":"Hello from Tollgate"'],
    ['curl, streaming', 'data: [DONE]'],
  ])('the printed call for %s works as printed and its charge appears', pasted)

  test.each([
    ['OpenAI SDK', 'Hello from the OpenAI SDK'],
    ['Anthropic SDK', 'Hello from the Anthropic SDK'],
  ])('the printed call for the %s works as printed and its charge appears', pasted)

  test('the application around the gateway goes on as before', async () => {
    const [url] = /http:\/\/localhost:\d+/.exec(example.output()) ?? []
    const response = await fetch(url as string)
    expect(await response.json()).toEqual({ hello: 'from the application around the gateway' })
  })

  test('ends on a signal, and starts again with the same key and what is left of the credits', async () => {
    const token = /^ {2}(tg_\w+)$/m.exec(example.output())?.[1]
    const charged = charges()
    expect(await example.stop()).toBe(0)
    await example.start()
    expect(example.output()).toContain(`  ${token}\n`)
    const left = /has \$([\d.]+) of credits/.exec(example.output())?.[1]
    expect(charged).toBeGreaterThan(0)
    expect(Number(left)).toBeLessThan(5)
  })
})
