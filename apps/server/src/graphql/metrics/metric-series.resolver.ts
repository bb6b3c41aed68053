import { Parent, ResolveField, Resolver } from '@nestjs/graphql';
import type { MetricSeries, MetricSummary } from '@tapewatch/pipeline';
import { JsonScalar } from '../json.scalar.js';
import { finite, numberText } from '../special-number.js';
import { MetricPointType, MetricSeriesType, MetricSummaryType } from './metric.types.js';

@Resolver(() => MetricSeriesType)
export class MetricSeriesResolver {
  @ResolveField(() => JsonScalar, {
    description: 'Its labels, `__name__` included where it has a name: an object of strings.',
  })
  labels(@Parent() series: MetricSeries): Record<string, string> {
    return series.labels.toObject();
  }

  @ResolveField(() => [MetricPointType], { description: 'Its points, oldest first.' })
  points(@Parent() series: MetricSeries): readonly MetricPointType[] {
    return Array.from(series.times, (at, i) => pointOf(at, series.values[i] as number));
  }
}

@Resolver(() => MetricSummaryType)
export class MetricSummaryResolver {
  @ResolveField(() => JsonScalar, { description: 'Its labels: an object of strings.' })
  labels(@Parent() summary: MetricSummary): Record<string, string> {
    return summary.labels.toObject();
  }

  @ResolveField('min')
  min(@Parent() summary: MetricSummary): number | null {
    return finite(summary.min);
  }

  @ResolveField('max')
  max(@Parent() summary: MetricSummary): number | null {
    return finite(summary.max);
  }

  @ResolveField('avg')
  avg(@Parent() summary: MetricSummary): number | null {
    return finite(summary.avg);
  }

  @ResolveField('last')
  last(@Parent() summary: MetricSummary): number | null {
    return finite(summary.last);
  }
}

function pointOf(at: number, value: number): MetricPointType {
  const isFinite = Number.isFinite(value);
  return { at, value: isFinite ? value : null, special: isFinite ? null : numberText(value) };
}
