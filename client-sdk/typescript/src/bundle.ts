// All of the SDK for a page: one file.
export * from './browser.js';
export * from './shared.js';
