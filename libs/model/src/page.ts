/** A slice of a list that can grow; cursors are opaque to whoever asked. */
export interface Page<T> {
  readonly items: readonly { readonly cursor: string; readonly node: T }[];
  readonly hasNextPage: boolean;
}

export interface PageRequest {
  /** At most this many; callers check the bounds. */
  readonly first: number;
  readonly after?: string;
}
