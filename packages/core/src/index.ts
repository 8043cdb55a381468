export type { AccessKey, AccessKeyLimits, CreatedAccessKey, Metadata } from './access/access-key.ts'
export type {
  AccessKeyFilter,
  CreateAccessKey,
  RotateAccessKey,
  UpdateAccessKey,
} from './access/access-key-input.ts'
export type { Account, UpdateAccount } from './access/accounts/account.ts'
export type { Accounts } from './access/accounts/accounts.ts'
export type { CallerPolicy } from './access/callers/caller.ts'
export type { Configuration, LinkedConfiguration } from './access/configurations/configuration.ts'
export type { CreateConfiguration, UpdateConfiguration } from './access/configurations/configuration-input.ts'
export type { Configurations } from './access/configurations/configurations.ts'
export type {
  CreatedManagementKey,
  CreateManagementKey,
  ManagementKey,
  ManagementScope,
} from './access/management/management-key.ts'
export type { ManagementKeys } from './access/management/management-keys.ts'
export type { MomentInput } from './access/member-input.ts'
export type { Routing } from './access/policies/routing-input.ts'
export type {
  AllowDeny,
  KeyStrategy,
  PolicyLimits,
  PolicyTimeouts,
  RoutingRule,
  RoutingStep,
  Scope,
  SelectionStrategyName,
  SpendLimit,
  StepKey,
} from './access/policy.ts'
export type {
  CreateProviderKey,
  ProviderKey,
  ProviderKeyFilter,
  RotateProviderKey,
  UpdateProviderKey,
} from './access/provider-key.ts'
export type { ReencryptOptions } from './access/provider-keys.ts'
export type { ResealReport } from './access/reseal-items.ts'
export type { Providers } from './access/stored-providers/providers.ts'
export type { Provider, ProviderDescription } from './access/stored-providers/stored-provider.ts'
export type { CreateProvider, UpdateProvider } from './access/stored-providers/stored-provider-input.ts'
export type {
  VirtualModel,
  VirtualModelRecord,
  VirtualTarget,
} from './access/virtual-models/virtual-model.ts'
export type { CreateVirtualModel, UpdateVirtualModel } from './access/virtual-models/virtual-model-input.ts'
export type { VirtualModels } from './access/virtual-models/virtual-models.ts'
export type { FeeOptions } from './billing/fee.ts'
export type { BucketName } from './billing/usage.ts'
export type {
  AccountBalance,
  CreditChange,
  CreditMetadata,
  Credits,
  ExportOptions,
  GrantInput,
  LedgerRow,
  WithdrawInput,
} from './credits/credits.ts'
export type { AuditReport, CreditDriver } from './credits/driver.ts'
export { GatewayError, type GatewayErrorOptions } from './errors/gateway-error.ts'
export type { Exchange, ExchangeBody, Sink } from './exchange/exchange.ts'
export { createGateway, type Gateway } from './gateway.ts'
export type { ListedModel, ListedRate } from './models/listing.ts'
export type { Modality, ModelFeature } from './models/model.ts'
export type {
  SelectionCandidate,
  SelectionFunction,
  SelectionOptions,
  SelectionRequest,
  TargetStrategyName,
} from './models/selection/candidate.ts'
export type { Percentiles } from './models/selection/digest.ts'
export type { ListedMetrics, ListedPercentiles } from './models/selection/listed-metrics.ts'
export type { ModelMetrics } from './models/selection/model-meter.ts'
export { gatewayOf, type MountOptions } from './mount.ts'
export type {
  AuthenticatedCaller,
  AuthenticateRequest,
  AwsCredentials,
  AwsOptions,
  FailoverOptions,
  GatewayOptions,
  GoogleAccessToken,
  GoogleCloudOptions,
  GoogleServiceAccount,
  HoldOptions,
  LimitOptions,
  Logger,
  ModelOptions,
  PriceOptions,
  ProviderOptions,
  ResponseOptions,
  TimeoutOptions,
  VirtualModelOptions,
  VirtualTargetOptions,
} from './options/options.ts'
export { createSqliteAdapter, type SqliteAdapter, type SqliteAdapterOptions } from './store/sqlite-adapter.ts'
export type { AttemptVerdict } from './telemetry/attempt.ts'
export type {
  CallFailure,
  EndedAttempt,
  EndedCall,
  ServerAddress,
  StartedCall,
  StoreAnswer,
  Telemetry,
} from './telemetry/telemetry.ts'
export type { TimeBucket } from './telemetry/time-buckets.ts'
export type { UsageCompletion, UsageEvent, UsageWarning } from './telemetry/usage-event.ts'
export type { UsageStreamOptions } from './telemetry/usage-feed.ts'
export type { UsagePage, UsagePageQuery } from './telemetry/usage-page.ts'
export type { UsageQuery } from './telemetry/usage-query.ts'
export type { UsageReports, UsageSummaryQuery } from './telemetry/usage-reports.ts'
export type { UsageGroup, UsageSummaryRow } from './telemetry/usage-summary.ts'
