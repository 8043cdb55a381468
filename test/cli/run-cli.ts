import { spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const cli = join(import.meta.dirname, '../../packages/tollgate/src/cli.ts')

export interface CliResult {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Served {
  readonly url: string
  /** SIGTERM, as a supervisor would; resolves to what it printed. */
  stop(): Promise<CliResult>
}

/** The command line in a folder of its own, with nothing in its environment but what is given. */
export function createCli(variables: Readonly<Record<string, string>> = {}) {
  const cwd = mkdtempSync(join(tmpdir(), 'tollgate-cli-'))
  const start = (args: readonly string[]) => {
    const child = spawn(process.execPath, ['--conditions=@tollgate/source', cli, ...args], {
      cwd,
      env: { PATH: process.env.PATH ?? '', ...variables },
    })
    const output = { stdout: '', stderr: '' }
    child.stdout.on('data', (chunk) => {
      output.stdout += chunk
    })
    child.stderr.on('data', (chunk) => {
      output.stderr += chunk
    })
    const ended = new Promise<CliResult>((resolve) =>
      child.once('close', (code) => resolve({ code, ...output })),
    )
    return { child, output, ended }
  }
  return {
    cwd,
    run: (...args: readonly string[]) => start(args).ended,
    /** Runs a command with `--json` and reads what it prints. */
    async json(...args: readonly string[]) {
      const { stdout, stderr, code } = await start([...args, '--json']).ended
      if (code !== 0) throw new Error(stderr)
      return JSON.parse(stdout)
    },
    async serve(...args: readonly string[]): Promise<Served> {
      const { child, output, ended } = start(['serve', '--port', '0', ...args])
      let url: string | undefined
      while (!url && child.exitCode === null) {
        await new Promise((resolve) => setTimeout(resolve, 20))
        url = /Listening on (\S+)/.exec(output.stdout)?.[1]
      }
      if (!url) throw new Error(`The server did not start: ${output.stderr}`)
      return {
        url,
        stop() {
          child.kill('SIGTERM')
          return ended
        },
      }
    },
  }
}
