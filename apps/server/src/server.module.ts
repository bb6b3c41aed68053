import type { DynamicModule } from '@nestjs/common';
import { Module } from '@nestjs/common';
import type { ApolloDriverConfig } from '@nestjs/apollo';
import { GraphQLModule } from '@nestjs/graphql';
import type { AccessParts } from './access/create-access.js';
import { AccessResolver } from './graphql/access/access.resolver.js';
import { AlertEventResolver, AlertResolver } from './graphql/alerts/alert.resolver.js';
import { AlertsResolver } from './graphql/alerts/alerts.resolver.js';
import { BacktestResolver } from './graphql/backtest/backtest.resolver.js';
import { ChannelsResolver } from './graphql/channels/channels.resolver.js';
import { ExchangesResolver } from './graphql/exchanges/exchanges.resolver.js';
import { graphQLOptions } from './graphql/graphql-options.js';
import { ComponentHealthResolver, HealthEventResolver, HealthResolver } from './graphql/health/health.resolver.js';
import { EvaluationTurns } from './graphql/metrics/evaluation-turns.js';
import { MetricSeriesResolver, MetricSummaryResolver } from './graphql/metrics/metric-series.resolver.js';
import { MetricsResolver } from './graphql/metrics/metrics.resolver.js';
import { NotificationsResolver } from './graphql/notifications/notifications.resolver.js';
import { PipelineResolver } from './graphql/pipeline/pipeline.resolver.js';
import { PluginsResolver } from './graphql/plugins/plugins.resolver.js';
import { ReportEventResolver, ReportResolver, ReportsResolver } from './graphql/reports/reports.resolver.js';
import { RulesResolver } from './graphql/rules/rules.resolver.js';
import { SilenceResolver, SilencesResolver } from './graphql/silences/silences.resolver.js';
import { AlertmanagerAlertsController } from './alertmanager-api/alerts.controller.js';
import { AlertmanagerSilencesController } from './alertmanager-api/silences.controller.js';
import { AlertmanagerStatusController } from './alertmanager-api/status.controller.js';
import { BackupController } from './http/backup.controller.js';
import { HomeController } from './http/home.controller.js';
import { ReportController } from './http/report.controller.js';
import { RunbookController } from './http/runbook.controller.js';
import { SignInController } from './http/sign-in.controller.js';
import { StatusController } from './http/status.controller.js';
import { PrometheusQueryController } from './prometheus-api/query.controller.js';
import { PrometheusQueryTextController } from './prometheus-api/query-text.controller.js';
import { PrometheusRulesController } from './prometheus-api/rules.controller.js';
import { PrometheusSeriesController } from './prometheus-api/series.controller.js';
import { PrometheusStatusController } from './prometheus-api/status.controller.js';
import type { ServerOptions } from './server.js';
import { Subscriptions } from './subscriptions/subscriptions.js';
import { ACCESS, CLOCK, EVALUATIONS, LOGGER, PIPELINE, RUNBOOKS_DIR, SERVER_VERSION, SUBSCRIPTIONS } from './tokens.js';

const resolvers = [
  AccessResolver,
  AlertEventResolver,
  AlertResolver,
  AlertsResolver,
  BacktestResolver,
  ChannelsResolver,
  ComponentHealthResolver,
  ExchangesResolver,
  HealthEventResolver,
  HealthResolver,
  MetricSeriesResolver,
  MetricSummaryResolver,
  MetricsResolver,
  NotificationsResolver,
  PipelineResolver,
  PluginsResolver,
  ReportEventResolver,
  ReportResolver,
  ReportsResolver,
  RulesResolver,
  SilenceResolver,
  SilencesResolver,
];

const controllers = [
  AlertmanagerAlertsController,
  AlertmanagerSilencesController,
  AlertmanagerStatusController,
  BackupController,
  HomeController,
  PrometheusQueryController,
  PrometheusQueryTextController,
  PrometheusRulesController,
  PrometheusSeriesController,
  PrometheusStatusController,
  ReportController,
  RunbookController,
  SignInController,
  StatusController,
];

/** The one Nest module: the pipeline as a provider, and what translates it. */
@Module({})
export class ServerModule {
  static create(options: ServerOptions, access: AccessParts): DynamicModule {
    const evaluations = new EvaluationTurns();
    return {
      module: ServerModule,
      imports: [GraphQLModule.forRoot<ApolloDriverConfig>(graphQLOptions(options.logger, access))],
      controllers,
      providers: [
        { provide: PIPELINE, useValue: options.pipeline },
        { provide: CLOCK, useValue: options.clock },
        { provide: LOGGER, useValue: options.logger },
        { provide: EVALUATIONS, useValue: evaluations },
        { provide: SUBSCRIPTIONS, useValue: new Subscriptions(options.pipeline, evaluations) },
        { provide: ACCESS, useValue: access },
        { provide: SERVER_VERSION, useValue: options.version },
        { provide: RUNBOOKS_DIR, useValue: options.runbooksDir },
        ...resolvers,
      ],
    };
  }
}
