/** What providers are asked for by, since interfaces leave no trace at run time. */
export const PIPELINE = Symbol('pipeline');
export const EVALUATIONS = Symbol('evaluations');
export const SUBSCRIPTIONS = Symbol('subscriptions');
export const CLOCK = Symbol('clock');
export const ACCESS = Symbol('access');
export const LOGGER = Symbol('logger');
export const SERVER_VERSION = Symbol('server-version');
export const RUNBOOKS_DIR = Symbol('runbooks-dir');
