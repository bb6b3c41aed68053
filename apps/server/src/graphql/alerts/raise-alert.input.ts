import { Field, InputType } from '@nestjs/graphql';
import type { Severity } from '@tapewatch/model';
import type { RaisedAlert } from '@tapewatch/pipeline';
import { DateTimeScalar } from '../date-time.scalar.js';
import { JsonScalar } from '../json.scalar.js';
import { refuseInput } from '../result.js';
import { SeverityEnum } from './alert-enums.js';

@InputType({ description: 'An alert of a program or a person, by name and not by a rule.' })
export class RaiseAlertInput {
  @Field(() => String, { description: 'What kind of alert it is: its label `alertname`.' })
  readonly name!: string;

  @Field(() => SeverityEnum, { description: 'How bad it is: its label `severity`.' })
  readonly severity!: Severity;

  @Field(() => String, { description: 'What is wrong, in a line: its annotation `summary`.' })
  readonly title!: string;

  @Field(() => String, { nullable: true, description: 'More about it: its annotation `description`.' })
  readonly message: string | null | undefined;

  @Field(() => JsonScalar, {
    nullable: true,
    description: 'Further labels, an object of texts. Alerts with the same labels are the same alert.',
  })
  readonly labels: unknown;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When it is over by itself; left out, it stands until somebody resolves it.',
  })
  readonly endsAt: number | null | undefined;
}

/** Throws the GraphQL error for labels that are no object of texts. */
export function raisedAlertOf({ name, severity, title, message, labels, endsAt }: RaiseAlertInput): RaisedAlert {
  return {
    ...{ name, severity, title },
    ...(message == null ? {} : { message }),
    ...(labels == null ? {} : { labels: labelsOf(labels) }),
    ...(endsAt == null ? {} : { endsAt }),
  };
}

function labelsOf(labels: unknown): Readonly<Record<string, string>> {
  const isRecord = typeof labels === 'object' && labels !== null && !Array.isArray(labels);
  if (!isRecord || !Object.values(labels).every((value) => typeof value === 'string'))
    return refuseInput('input.labels', 'labels must be an object whose values are texts');
  return labels as Readonly<Record<string, string>>;
}
