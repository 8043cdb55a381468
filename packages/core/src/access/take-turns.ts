export { takeTurns } from '../store/take-turns.ts'
