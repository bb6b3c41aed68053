import type { ExchangeConfig, Locate } from '@tapewatch/config';
import { validateExchangeOptions } from '@tapewatch/exchanges';
import type { Problem } from '@tapewatch/model';

/** What only the exchange library can know to be wrong, with its place in the file. */
export function exchangeProblems(exchanges: readonly ExchangeConfig[], locate: Locate): readonly Problem[] {
  return exchanges.flatMap((exchange, i) =>
    validateExchangeOptions(exchange, `exchanges[${i}]`).map((problem): Problem => {
      const key = problem.path?.split('.').at(-1)?.split('[')[0];
      const { file, line, column } = locate(key === undefined ? ['exchanges', i] : ['exchanges', i, key]);
      return { ...problem, file, line, column };
    }),
  );
}
