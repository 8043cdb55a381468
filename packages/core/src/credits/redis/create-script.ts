export { createScript } from '../../store/redis/create-script.ts'
