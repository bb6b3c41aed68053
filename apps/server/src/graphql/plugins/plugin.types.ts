import { Field, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import type { PluginView } from '@tapewatch/pipeline';
import { JsonScalar } from '../json.scalar.js';

export const PluginStateEnum = {
  RUNNING: 'running',
  RESTARTING: 'restarting',
  QUARANTINED: 'quarantined',
  REFUSED: 'refused',
} as const;

registerEnumType(PluginStateEnum, {
  name: 'PluginState',
  description: 'Where a plugin stands.',
  valuesMap: {
    RUNNING: { description: 'It works.' },
    RESTARTING: { description: 'It failed, and is being started again.' },
    QUARANTINED: { description: 'It failed too often, and is left alone for a while.' },
    REFUSED: { description: 'It could not be loaded.' },
  },
});

@ObjectType('Plugin', { description: 'One plugin, bundled or a user’s.' })
export class PluginType {
  @Field(() => String, { description: 'Its name.' })
  readonly name!: string;

  @Field(() => String, { description: 'Its version.' })
  readonly version!: string;

  @Field(() => [String], { description: 'What it provides, as in `check:http`.' })
  readonly kinds!: readonly string[];

  @Field(() => PluginStateEnum, { description: 'Where it stands.' })
  readonly state!: PluginView['state'];

  @Field(() => String, { description: 'Where its code runs: `inline` is inside the program.' })
  readonly isolation!: string;

  @Field(() => String, { nullable: true, description: 'How far it is reviewed; null: not graded.' })
  readonly tier!: string | undefined;

  @Field(() => Int, { description: 'How often it was started again.' })
  readonly restarts!: number;

  @Field(() => String, { nullable: true, description: 'Its newest failure.' })
  readonly lastError!: string | undefined;

  @Field(() => JsonScalar, { nullable: true, description: 'JSON Schema of its configuration, by kind.' })
  readonly configSchema!: unknown;
}
