const a = @returnAddress();
const b = @src();
