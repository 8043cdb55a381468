#!/usr/bin/env node
import { fail } from './output/fail.ts'
import { createProgram } from './program.ts'

await createProgram().parseAsync().catch(fail)
