/** A call with its arguments parsed, or the free text that stands for them. */
export interface ReadCall {
  readonly name: string
  readonly arguments: unknown
}

export type ReadReason = 'stop' | 'length' | 'tool-calls' | 'content-filter'

/** What an answer says, whoever reads it. */
export interface Reading {
  readonly text: string
  readonly calls: readonly ReadCall[]
  /** Undefined where the answer fails. */
  readonly reason: ReadReason | undefined
  /** Tokens; undefined where nobody reports them. */
  readonly usage: ReadUsage | undefined
  /** Of the event that ends the answer or says that it will end, from 0. Up to it an answer that stops is cut. */
  readonly endsAt: number
  /** An answer that breaks off and begins anew cannot be told to clients who have seen the first part. */
  readonly isSpliced?: true
}

export interface ReadUsage {
  /** All of the prompt. */
  readonly input: number
  /** Of it, what came from a cache. */
  readonly cached: number
  /** Reasoning included. */
  readonly output: number
}

export type Json = Readonly<Record<string, unknown>>

/** An object, or an empty one in its place. */
export function objectOf(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {}
}

export function listOf(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.map(objectOf) : []
}

export function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0
}

export function stringOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** Arguments as a client would parse them. */
export function argumentsOf(json: string): unknown {
  return JSON.parse(json === '' ? '{}' : json)
}
