import type { CallServices } from '../services.ts'
import type { Course } from './course.ts'

/** Whether a call has had all the attempts, or all the time, that it may have. */
export function isSpent({ settings }: CallServices, { attempts, basis }: Course): boolean {
  return attempts >= settings.mostAttempts || Date.now() - basis.startedAt >= settings.attemptsWithin
}
