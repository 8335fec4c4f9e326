//! scratch
#![allow(clippy::print_stdout, missing_docs, clippy::all, clippy::unwrap_used)]
use std::time::*;
use logs::*; use model::*; use logql::{Source as _, Chunk as _, Scan};
use tokio_util::sync::CancellationToken;
fn varint(b: &mut &[u8]) -> u64 { let mut v=0; let mut s=0; loop { let x=b[0]; *b=&b[1..]; v|=((x&0x7f) as u64)<<s; if x<128 {return v} s+=7; } }
fn field<'a>(b: &mut &'a [u8]) -> Option<(u64, u64, &'a [u8])> { if b.is_empty() {return None} let t=varint(b); if t&7==2 { let n=varint(b) as usize; let (x,r)=b.split_at(n); *b=r; Some((t>>3,0,x)) } else { let v=varint(b); Some((t>>3,v,&[])) } }
fn load(path: &str) -> Vec<Vec<Batch>> {
    let raw=std::fs::read(path).unwrap(); let mut r=&raw[..]; let mut out=vec![]; let mut dec=snap::raw::Decoder::new();
    while r.len()>4 { let n=u32::from_le_bytes(r[..4].try_into().unwrap()) as usize; let body=dec.decompress_vec(&r[4..4+n]).unwrap(); r=&r[4+n..];
        let mut b=&body[..]; let mut g=vec![];
        while let Some((_,_,s))=field(&mut b) { let mut s=s; let mut labels=Labels::default(); let mut entries=vec![];
            while let Some((f,_,x))=field(&mut s) { if f==1 { labels=Labels::parse(std::str::from_utf8(x).unwrap()).unwrap(); } else { let mut e=x; let (mut ts,mut line)=(0i64,String::new());
                while let Some((f,_,y))=field(&mut e) { if f==1 { let mut t=y; while let Some((f,v,_))=field(&mut t) { if f==1 {ts+=v as i64*1_000_000_000} else {ts+=v as i64} } } else { line=std::str::from_utf8(y).unwrap().to_owned(); } }
                entries.push(Entry{timestamp:Timestamp::from_nanos(ts),line,metadata:vec![]}); } }
            g.push(Batch{labels,entries,positions:vec![]}); }
        out.push(g); }
    out
}
fn cpu() -> f64 { let stat = std::fs::read_to_string("/proc/self/stat").unwrap(); let f: Vec<&str> = stat[stat.rfind(')').unwrap() + 2..].split(' ').collect(); (f[11].parse::<f64>().unwrap()+f[12].parse::<f64>().unwrap())/100.0 }
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let dir=std::path::PathBuf::from(&a[2]);
    let rt=tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    if a.len()<4 { let _=std::fs::remove_dir_all(&dir);
    let groups=load(&a[1]); let n: usize=groups.iter().flatten().map(|b|b.entries.len()).sum();
    rt.block_on(async { let (logs,w)=logs::open(Config::default(),&dir).unwrap(); let stop=CancellationToken::new(); let h=tokio::spawn(w.run(stop.clone()));
      let (c,t)=(cpu(),Instant::now());
      for g in groups { logs.push(g).await.unwrap(); }
      stop.cancel(); h.await.unwrap().unwrap();
      println!("n {n} cpu/line {:.2} us wall {:.1}s {:?}", (cpu()-c)*1e6/n as f64, t.elapsed().as_secs_f64(), logs.status());
    }); }
    for _ in 0..1 { let t=Instant::now(); let (logs,_w)=logs::open(Config::default(),&dir).unwrap(); println!("open {:?}",t.elapsed());
      let sel=Selector(vec![Matcher::equal("project","shop")]);
      for _ in 0..3 { let t=Instant::now(); let ch=logs.chunks(&Scan{selector:sel.clone(),range:TimeRange::ALL,needles:vec![]}).unwrap(); let t2=t.elapsed(); let mut lines=0; let mut tb=0; for c in &ch { let e=c.read().unwrap(); lines+=e.len(); tb+=e.text.len(); } println!("chunks {} plan {:?} read {:?} lines {lines} bytes {tb}", ch.len(), t2, t.elapsed()); }
      let st=std::fs::read_to_string("/proc/self/statm").unwrap(); println!("rss {} MB", st.split(' ').nth(1).unwrap().parse::<u64>().unwrap()*4/1024);
    }
}
