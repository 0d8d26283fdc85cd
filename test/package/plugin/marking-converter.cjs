// A payload converter of a user's own: JSON whose metadata carries a mark.
const { DefaultPayloadConverter } = require('@temporalio/common');

const MARK = new TextEncoder().encode('theirs');

class MarkingConverter extends DefaultPayloadConverter {
  toPayload(value) {
    const payload = super.toPayload(value);
    return { ...payload, metadata: { ...payload.metadata, mark: MARK } };
  }
}

exports.payloadConverter = new MarkingConverter();
