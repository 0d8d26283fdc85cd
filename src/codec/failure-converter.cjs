// Messages and stacks of failures become payloads, so that the codec encrypts them too. Loaded by path, by workers and by the workflow bundle.
'use strict';
const { DefaultFailureConverter } = require('@temporalio/common');

exports.failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
