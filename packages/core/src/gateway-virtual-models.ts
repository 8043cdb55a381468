import type { VirtualModelRecord } from './access/virtual-models/virtual-model.ts'
import { createVirtualModels, type VirtualModels } from './access/virtual-models/virtual-models.ts'
import type { ModelIndex } from './models/model-index.ts'
import { virtualModelRules } from './models/selection/virtual-model-rules.ts'
import type { ResolvedOptions } from './options/resolve-options.ts'
import type { Store } from './store/open-store.ts'

/** The virtual models of a gateway, under the rules of its table of models. */
export function createGatewayVirtualModels(
  { virtualModels }: Pick<ResolvedOptions, 'virtualModels'>,
  models: ModelIndex,
  store: Pick<Store, 'records'>,
): VirtualModels {
  return createVirtualModels({
    records: store.records<VirtualModelRecord>('virtual-models'),
    rules: virtualModelRules(models),
    options: virtualModels,
  })
}
