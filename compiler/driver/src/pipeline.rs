//! Machine code in parallel with semantics: typed functions go to worker threads as they are
//! made, and come back in the order in which they were made, so that nothing depends on timing.

use std::sync::Arc;
use std::thread::JoinHandle;

use codegen::{Code, Generator};
use crossbeam_channel::{Receiver, Sender, unbounded};
use sema::Output;

/// What is applied to the image.
pub enum Piece {
    /// A function.
    Func(tir::Sym, String, Result<Code, String>),
    /// A data object.
    Data(tir::Data, String),
    /// A symbol that is gone.
    Retire(tir::Sym),
}

type Job = (usize, Arc<tir::Func>, String);
type Done = (usize, Piece);

/// Below this many functions a hand-over costs more than it gains.
const INLINE: usize = 4;

/// The workers, and what they have in hand.
pub struct Pipeline {
    own: Generator,
    threads: Vec<JoinHandle<()>>,
    jobs: Option<Sender<Job>>,
    steal: Receiver<Job>,
    done: Receiver<Done>,
    send_done: Sender<Done>,
    options: codegen::Options,
    workers: usize,
    held: Vec<Job>,
    pieces: Vec<Done>,
    next: usize,
    out: usize,
    /// Functions compiled since the counter was last read.
    pub compiled: u64,
}

impl Pipeline {
    /// No thread is started before there is work for it.
    pub fn new(options: codegen::Options, workers: usize) -> Result<Pipeline, String> {
        let (jobs, steal) = unbounded();
        let (send_done, done) = unbounded();
        Ok(Pipeline {
            own: Generator::new(&options).map_err(|e| e.to_string())?,
            threads: Vec::new(),
            jobs: Some(jobs),
            steal,
            done,
            send_done,
            options,
            workers,
            held: Vec::new(),
            pieces: Vec::new(),
            next: 0,
            out: 0,
            compiled: 0,
        })
    }

    /// Takes one output of semantics.
    pub fn push(&mut self, o: Output) {
        let n = self.next;
        self.next += 1;
        match o {
            Output::Func { func, name } => {
                self.compiled += 1;
                self.held.push((n, func, name));
                if self.held.len() > INLINE {
                    self.hand_over();
                }
            }
            Output::Data { data, name } => self.pieces.push((n, Piece::Data(data, name))),
            Output::Retire(s) => self.pieces.push((n, Piece::Retire(s))),
        }
    }

    fn hand_over(&mut self) {
        while self.threads.len() < self.workers {
            let (steal, done, options) = (self.steal.clone(), self.send_done.clone(), self.options);
            let t = std::thread::Builder::new().name("codegen".into()).spawn(move || {
                let Ok(mut g) = Generator::new(&options) else { return };
                while let Ok((n, f, name)) = steal.recv() {
                    if done.send((n, compile(&mut g, &f, name))).is_err() {
                        return;
                    }
                }
            });
            match t {
                Ok(t) => self.threads.push(t),
                Err(_) => break,
            }
        }
        if self.threads.is_empty() {
            return;
        }
        if let Some(jobs) = &self.jobs {
            for j in self.held.drain(..) {
                self.out += 1;
                // The receiver lives as long as we do.
                let _ = jobs.send(j);
            }
        }
    }

    /// Waits for everything pushed so far; the pieces in order.
    pub fn finish(&mut self) -> Vec<Piece> {
        for (n, f, name) in std::mem::take(&mut self.held) {
            let p = compile(&mut self.own, &f, name);
            self.pieces.push((n, p));
        }
        while self.out > 0 {
            if let Ok((n, f, name)) = self.steal.try_recv() {
                let p = compile(&mut self.own, &f, name);
                self.pieces.push((n, p));
                self.out -= 1;
                continue;
            }
            match self.done.recv() {
                Ok(d) => {
                    self.pieces.push(d);
                    self.out -= 1;
                }
                Err(_) => break,
            }
        }
        let mut pieces = std::mem::take(&mut self.pieces);
        pieces.sort_by_key(|p| p.0);
        self.next = 0;
        pieces.into_iter().map(|p| p.1).collect()
    }
}

impl Pipeline {
    /// Ends the workers, and with them what they keep for the next function; new ones start when there is
    /// work for them.
    pub fn rest(&mut self) {
        if self.threads.is_empty() || self.out > 0 {
            return;
        }
        let (jobs, steal) = unbounded();
        (self.jobs, self.steal) = (Some(jobs), steal);
        for t in self.threads.drain(..) {
            let _ = t.join();
        }
    }
}

impl Drop for Pipeline {
    fn drop(&mut self) {
        self.jobs = None;
        for t in self.threads.drain(..) {
            let _ = t.join();
        }
    }
}

/// A fault in here must not leave the others waiting for a piece that never comes.
fn compile(g: &mut Generator, f: &tir::Func, name: String) -> Piece {
    let code = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| g.compile(f).map_err(|e| e.to_string())));
    Piece::Func(f.sym, name, code.unwrap_or_else(|_| Err("the generator ended unexpectedly".into())))
}
