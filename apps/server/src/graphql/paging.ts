import { Field, ObjectType } from '@nestjs/graphql';
import type { Page } from '@tapewatch/model';
import { refuseInput } from './result.js';

const maxFirst = 200;

@ObjectType('PageInfo', { description: 'Where a page stands in its list.' })
export class PageInfo {
  @Field(() => Boolean, { description: 'Whether anything comes after this page.' })
  readonly hasNextPage!: boolean;

  @Field(() => String, { nullable: true, description: 'Hand it back as `after` to continue; null on an empty page.' })
  readonly endCursor!: string | undefined;
}

export interface Connection<T> {
  readonly edges: readonly { readonly cursor: string; readonly node: T }[];
  readonly pageInfo: PageInfo;
}

export function connectionOf<T>(page: Page<T>): Connection<T> {
  return { edges: page.items, pageInfo: { hasNextPage: page.hasNextPage, endCursor: page.items.at(-1)?.cursor } };
}

/** Relay's arguments, within bounds; null counts as not given. */
export function pageRequest(
  first: number | null,
  after: string | null | undefined,
  byDefault: number,
): { first: number; after?: string } {
  const count = within('first', first ?? byDefault, 1, maxFirst);
  return after === null || after === undefined ? { first: count } : { first: count, after };
}

/** `value` when it lies between `least` and `most`; else the GraphQL error. */
export function within(path: string, value: number, least: number, most: number): number {
  if (value < least || value > most) refuseInput(path, `${path} must be between ${least} and ${most}; it is ${value}`);
  return value;
}
