import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'

const packages = fileURLToPath(new URL('../../packages/', import.meta.url))

/** One import of a source file. */
export interface Import {
  /** `core/src/call/serve.ts` */
  readonly file: string
  /** A package, `node:…`, or the path of the file below `packages`. */
  readonly from: string
  /** Leaves nothing behind at run time. */
  readonly isType: boolean
}

const pattern = /^(import type|import|export type|export)\b[^;'"]*?from '([^']+)'|^import '([^']+)'/gm

/** Every import of a package's sources, tests aside. */
export function importsOf(name: string): Import[] {
  const root = join(packages, name, 'src')
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  return files
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .flatMap((file) => importsIn(join(name, 'src', file)))
}

function importsIn(file: string): Import[] {
  const text = readFileSync(join(packages, file), 'utf8')
  return [...text.matchAll(pattern)].map(([, kind = 'import', named, bare]) => {
    const from = named ?? bare ?? ''
    const path = from.startsWith('.') ? normalize(join(dirname(file), from)) : from
    return { file, from: path, isType: kind.endsWith('type') }
  })
}
