/// <reference types="vite/client" />

declare const __LANNER_VERSION__: string;
/** Changes with every file of the documentation. */
declare const __DOCS__: string;
