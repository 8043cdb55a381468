import { Command } from 'commander'
import { creditsCommand } from './commands/credits.ts'
import { keysCommand } from './commands/keys.ts'
import { modelsCommand } from './commands/models.ts'
import { providerKeysCommand } from './commands/provider-keys.ts'
import { serveCommand } from './commands/serve.ts'
import { usageCommand } from './commands/usage.ts'

/**
 * The commands of `tollgate`.
 *
 * @example
 * await createProgram().parseAsync(['node', 'tollgate', 'keys', 'list'])
 */
export function createProgram(): Command {
  return new Command('tollgate')
    .description('The AI gateway with access keys and prepaid credits.')
    .addCommand(serveCommand())
    .addCommand(keysCommand())
    .addCommand(providerKeysCommand())
    .addCommand(creditsCommand())
    .addCommand(modelsCommand())
    .addCommand(usageCommand())
}
