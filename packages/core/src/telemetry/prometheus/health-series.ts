import { Gauge, type Registry } from 'prom-client'
import type { ObservedGateway } from '../telemetry.ts'

const circuits = ['closed', 'half_open', 'open'] as const

/**
 * Registers what is read of gateways whenever somebody asks for the metrics.
 *
 * @returns The gateways that are asked, none at first.
 */
export function registerHealth(registry: Registry): ObservedGateway[] {
  const gateways: ObservedGateway[] = []
  const registers = [registry]
  new Gauge({
    name: 'tollgate_provider_circuit',
    help: 'Whether calls go to a provider: 1 for the state that its circuit is in.',
    labelNames: ['provider', 'state'],
    registers,
    collect() {
      this.reset()
      for (const { provider, circuit } of gateways.flatMap((gateway) => gateway.health().providers))
        for (const state of circuits) this.set({ provider, state }, state === circuit ? 1 : 0)
    },
  })
  new Gauge({
    name: 'tollgate_credentials_resting',
    help: 'Credentials that were refused, ran out of quota or were too fast, and are asked last for a while.',
    labelNames: ['provider', 'reason'],
    registers,
    collect() {
      this.reset()
      for (const { provider, available, reason } of gateways.flatMap(({ health }) => health().credentials))
        if (!available && reason !== undefined) this.inc({ provider, reason })
    },
  })
  return gateways
}
