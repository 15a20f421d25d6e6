const x: u8;
