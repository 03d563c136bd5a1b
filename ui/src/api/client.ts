/** One way to call the server: same origin, session cookie, the token against forged requests, errors as values. */
import { reportLost, reportReached } from './connection';

export const ROOT = '/api/v1';
export const TENANT = 'main';
export const MAIN = `${ROOT}/${TENANT}`;

export interface FieldError {
  path: string;
  message: string;
}

export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly fields: FieldError[] = [],
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

interface Request {
  method?: string;
  json?: unknown;
  yaml?: string;
  text?: string;
  form?: FormData;
  signal?: AbortSignal;
  /** Change it only while it has this revision still; else the server answers 412. */
  onlyOf?: number;
}

let token = document.querySelector('meta[name=csrf-token]')?.getAttribute('content') ?? '';
const lost = new Set<() => void>();

/** Calls `listener` when the server no longer knows our session. */
export function onSessionLost(listener: () => void): () => void {
  lost.add(listener);
  return () => lost.delete(listener);
}

/** Reads the token of a fresh page; a login or a restart of the server makes the old one void. */
export async function renewToken(): Promise<void> {
  const page = await (await fetch('/ui/', { credentials: 'same-origin', cache: 'no-store' })).text();
  token = /name="csrf-token" content="([^"]+)"/.exec(page)?.[1] ?? token;
}

export function headersFor(): Record<string, string> {
  return token ? { 'X-CSRF-TOKEN': token } : {};
}

/** With the login page as referrer a 401 carries no challenge, so the browser does not open its own window. */
export const REFERRER = `${location.origin}/ui/login`;

async function send(path: string, request: Request): Promise<Response> {
  const headers: Record<string, string> = { ...headersFor() };
  if (request.onlyOf !== undefined) headers['if-match'] = `"${request.onlyOf}"`;
  let body: BodyInit | undefined;
  if (request.json !== undefined) {
    headers['content-type'] = 'application/json';
    body = JSON.stringify(request.json);
  } else if (request.yaml !== undefined) {
    headers['content-type'] = 'application/x-yaml';
    body = request.yaml;
  } else if (request.text !== undefined) {
    headers['content-type'] = 'text/plain';
    body = request.text;
  } else if (request.form) {
    body = request.form;
  }
  try {
    const response = await fetch(path, {
      method: request.method ?? 'GET',
      headers,
      body,
      signal: request.signal,
      credentials: 'same-origin',
      referrer: REFERRER,
    });
    reportReached();
    return response;
  } catch (error) {
    // Fetch throws TypeError when nothing answered; an aborted request throws something else.
    if (!(error instanceof TypeError)) throw error;
    reportLost();
    throw new ApiError(0, 'The server cannot be reached.');
  }
}

export async function failure(response: Response): Promise<ApiError> {
  const text = await response.text();
  try {
    const body = JSON.parse(text) as { message?: string; _embedded?: { errors?: FieldError[] } };
    const fields = (body._embedded?.errors ?? []).filter((one) => typeof one.path === 'string');
    return new ApiError(response.status, body.message ?? response.statusText, fields);
  } catch {
    return new ApiError(response.status, text.slice(0, 300) || response.statusText);
  }
}

async function call(path: string, request: Request): Promise<Response> {
  let response = await send(path, request);
  if (response.status === 403 && (request.method ?? 'GET') !== 'GET') {
    await renewToken();
    response = await send(path, request);
  }
  if (response.ok) return response;
  const error = await failure(response);
  if (error.status === 401) lost.forEach((listener) => listener());
  throw error;
}

export async function ask<T>(path: string, request: Request = {}): Promise<T> {
  const response = await call(path, request);
  const text = await response.text();
  return (text ? JSON.parse(text) : undefined) as T;
}

/** The answer as a file. */
export async function askFile(path: string, request: Request = {}): Promise<Blob> {
  return (await call(path, request)).blob();
}

export function sessionLost(): void {
  lost.forEach((listener) => listener());
}

export async function login(username: string, password: string): Promise<void> {
  const response = await send(`${ROOT}/login`, { method: 'POST', json: { username, password } });
  if (!response.ok) {
    if (response.status === 401) throw new ApiError(401, 'The e-mail or the password is wrong.');
    throw await failure(response);
  }
  await renewToken();
}

export async function logout(): Promise<void> {
  await ask(`${ROOT}/logout`, { method: 'POST' });
}

/** Names the one user of a new server. */
export const createUser = (username: string, password: string): Promise<void> =>
  ask(`${MAIN}/basicAuth`, { method: 'POST', json: { username, password } });

export function isLoggedIn(): boolean {
  return document.cookie.includes('kestraBasicAuthenticated=true');
}

/** Builds `?a=b` from what is set; arrays repeat the name. */
export function query(values: Record<string, string | number | boolean | string[] | undefined>): string {
  const found = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (Array.isArray(value)) value.forEach((one) => found.append(name, one));
    else if (value !== undefined && value !== '') found.set(name, String(value));
  }
  const text = found.toString();
  return text ? `?${text}` : '';
}
