import { Field, ObjectType } from '@nestjs/graphql';
import { DateTimeScalar } from '../date-time.scalar.js';
import { InvalidInput, NotAllowed } from '../problem.types.js';
import { resultUnion } from '../result.js';

@ObjectType('Reload', { description: 'What reading the configuration again has changed.' })
export class ReloadType {
  @Field(() => DateTimeScalar, { description: 'Since when it is in force.' })
  readonly reloadedAt!: number;

  @Field(() => [String], { description: 'Sections and rules that are in force now; empty: nothing had changed.' })
  readonly changed!: readonly string[];

  @Field(() => [String], { description: 'Sections that were changed, too, but take effect at the next start only.' })
  readonly waitingForRestart!: readonly string[];
}

export const ReloadResult = resultUnion('ReloadResult', 'What became of a reload.', ReloadType, [
  NotAllowed,
  InvalidInput,
]);
