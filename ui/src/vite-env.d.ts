/// <reference types="vite/client" />

declare const __LANNER_VERSION__: string;
